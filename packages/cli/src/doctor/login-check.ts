import { createHash, randomBytes } from "node:crypto";
import { good } from "@fjmcp/shared/finding";
import { z } from "zod";
import type { Check } from "./check.ts";
import type { PublicClient } from "../http/public-client.ts";
import { broken, reachForgejo } from "./reach-forgejo.ts";

/** A client of this kind on the administrator's own machine; nothing listens there, and nothing is sent. */
const redirectUri = "http://127.0.0.1:1/callback";

/**
 * A whole login through the public name, up to Forgejo's own page: registration, authorization, our consent page, Allow,
 * and Forgejo asks for a name and password. Signs no user in; the login state expires. What Forgejo thinks of the client
 * id and the redirect URI it says only after a login: the auth-server's inspection asks that.
 */
export const loginCheck: Check = {
  name: "login",
  async run({ http, issuer, forgejoUrl }) {
    const clientId = await register(http, issuer);
    await reachForgejo(http, authorizationUrl(issuer, clientId), { issuer, forgejoUrl });
    return [good("a client registers, its user reaches our consent page, and from there Forgejo's login")];
  },
};

async function register(http: PublicClient, issuer: string): Promise<string> {
  const { status, text } = await http.fetch(`${issuer}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: "fjmcp doctor",
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: "none",
    }),
  });
  if (status !== 201) throw broken(`the registration of a client gets ${status}`);
  return z.object({ client_id: z.string() }).parse(JSON.parse(text)).client_id;
}

function authorizationUrl(issuer: string, clientId: string): string {
  const verifier = randomBytes(32).toString("base64url");
  const url = new URL(`${issuer}/oauth/authorize`);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    state: randomBytes(12).toString("base64url"),
    resource: `${issuer}/mcp`,
  }).toString();
  return url.href;
}
