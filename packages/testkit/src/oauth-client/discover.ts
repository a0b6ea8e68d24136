import { requestOAuth, type Fetch } from "./oauth-request.ts";

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

/** Discovers from the MCP URL alone: 401 challenge, protected-resource metadata, authorization-server metadata. */
export async function discover(mcpUrl: string, fetchFn: Fetch = fetch): Promise<Discovered> {
  const unauthorized = await requestOAuth(mcpUrl, { method: "POST" }, fetchFn);
  const challenge = unauthorized.headers.get("www-authenticate") ?? "";
  const metadataUrl = /resource_metadata="([^"]*)"/.exec(challenge)?.[1];
  if (unauthorized.status !== 401 || metadataUrl === undefined) {
    throw new Error(
      `${mcpUrl} without a token: ${unauthorized.status}, WWW-Authenticate: ${challenge || "none"}`,
    );
  }
  const resource = await json(metadataUrl, fetchFn);
  const issuer = (resource.authorization_servers as string[])[0]!;
  const server = await json(new URL("/.well-known/oauth-authorization-server", issuer), fetchFn);
  return {
    challenge,
    protectedResource: resource as Discovered["protectedResource"],
    authorizationServer: server as unknown as Discovered["authorizationServer"],
  };
}

async function json(url: string | URL, fetchFn: Fetch) {
  const response = await requestOAuth(url, {}, fetchFn);
  if (response.status !== 200) throw new Error(`${url.toString()}: ${response.status}`);
  return response.body;
}
