import { ask, type Fetch } from "./oauth-answer.ts";

export interface Discovered {
  /** The `WWW-Authenticate` header of the 401. */
  readonly challenge: string;
  /** RFC 9728. */
  readonly protectedResource: Readonly<Record<string, unknown>> & { resource: string };
  /** RFC 8414. */
  readonly authorizationServer: Readonly<Record<string, unknown>> & {
    issuer: string;
    authorization_endpoint: string;
    token_endpoint: string;
    registration_endpoint: string;
    revocation_endpoint: string;
  };
}

/** What a client does with nothing but the MCP URL: 401, protected-resource metadata, authorization-server metadata. */
export async function discover(mcpUrl: string, fetchFn: Fetch = fetch): Promise<Discovered> {
  const refused = await ask(mcpUrl, { method: "POST" }, fetchFn);
  const challenge = refused.headers.get("www-authenticate") ?? "";
  const metadataUrl = /resource_metadata="([^"]*)"/.exec(challenge)?.[1];
  if (refused.status !== 401 || metadataUrl === undefined) {
    throw new Error(`${mcpUrl} without a token: ${refused.status}, WWW-Authenticate: ${challenge || "none"}`);
  }
  const resource = await json(metadataUrl, fetchFn);
  const issuer = (resource["authorization_servers"] as string[])[0]!;
  const server = await json(new URL("/.well-known/oauth-authorization-server", issuer), fetchFn);
  return {
    challenge,
    protectedResource: resource as Discovered["protectedResource"],
    authorizationServer: server as unknown as Discovered["authorizationServer"],
  };
}

async function json(url: string | URL, fetchFn: Fetch) {
  const answer = await ask(url, {}, fetchFn);
  if (answer.status !== 200) throw new Error(`${url.toString()}: ${answer.status}`);
  return answer.body;
}
