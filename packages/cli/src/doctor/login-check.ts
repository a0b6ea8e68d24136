import { createHash, randomBytes } from "node:crypto";
import { good, warning } from "@fjmcp/shared/finding";
import { z } from "zod";
import { NotAccepted, throwIfNotAccepted } from "../client-profiles/replay-fault.ts";
import { jsonMembersOf } from "../client-profiles/replay-target.ts";
import type { Check } from "./check.ts";
import type { PublicClient } from "../http/public-client.ts";
import { broken, reachForgejo } from "./reach-forgejo.ts";

interface LoginClient {
  readonly id: string;
  readonly redirectUri: string;
}

/** A client of this kind on the administrator's own machine; nothing listens there, and nothing is sent. */
const ownRedirectUri = "http://127.0.0.1:1/callback";

/** It has a document, and so needs no registration. */
const claude: LoginClient = {
  id: "https://claude.ai/oauth/mcp-oauth-client-metadata",
  redirectUri: "https://claude.ai/api/mcp/auth_callback",
};

/**
 * A whole login through the public name, up to Forgejo's own page: registration, authorization, our consent page, Allow,
 * and Forgejo asks for a name and password. Where the policy of the server does not accept that client, Claude's login.
 * Signs no user in; the login state expires. What Forgejo thinks of the client id and the redirect URI it says only after a
 * login: the auth-server's inspection asks that.
 */
export const loginCheck: Check = {
  name: "login",
  async run({ http, issuer, forgejoUrl }) {
    const reach = (client: LoginClient) =>
      reachForgejo(http, authorizationUrl(issuer, client), { issuer, forgejoUrl });
    const way = "its user reaches our consent page, and from there Forgejo's login";
    try {
      await reach(await register(http, issuer));
      return [good(`a client registers, ${way}`)];
    } catch (error) {
      if (!(error instanceof NotAccepted)) throw error;
    }
    try {
      await reach(claude).catch((error: Error) => {
        throwIfNotAccepted(error.message);
        throw error;
      });
      return [good(`Claude is accepted by its document, ${way}; not every client may register itself`)];
    } catch (error) {
      if (!(error instanceof NotAccepted)) throw error;
      return [
        warning(
          `Claude cannot connect: ${error.message}; the settings FJMCP_REGISTRATION, FJMCP_CLIENT_HOSTS… and FJMCP_REDIRECT_… say which clients can`,
        ),
      ];
    }
  },
};

/** Throws NotAccepted when it is the policy of the server that rejects the registration. */
async function register(http: PublicClient, issuer: string): Promise<LoginClient> {
  const response = await http.fetch(`${issuer}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: "fjmcp doctor",
      redirect_uris: [ownRedirectUri],
      token_endpoint_auth_method: "none",
    }),
  });
  const { error, error_description: description, client_id: id } = jsonMembersOf(response);
  throwIfNotAccepted(String(description));
  if (error === "access_denied" || error === "invalid_token") throw new NotAccepted(String(description));
  if (response.status !== 201) throw broken(`the registration of a client gets ${response.status}`);
  return { id: z.string().parse(id), redirectUri: ownRedirectUri };
}

function authorizationUrl(issuer: string, { id, redirectUri }: LoginClient): string {
  const verifier = randomBytes(32).toString("base64url");
  const url = new URL(`${issuer}/oauth/authorize`);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: id,
    redirect_uri: redirectUri,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    state: randomBytes(12).toString("base64url"),
    resource: `${issuer}/mcp`,
  }).toString();
  return url.href;
}
