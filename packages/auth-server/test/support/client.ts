import { randomBytes } from "node:crypto";
import { authorizeUrl } from "@fjmcp/testkit/oauth-client/authorize-url";
import { postForm, requestOAuth, type OAuthResponse } from "@fjmcp/testkit/oauth-client/oauth-request";
import { newPkce } from "@fjmcp/testkit/oauth-client/pkce";
import type { ScriptedUser, SignInOptions } from "@fjmcp/testkit/scripted-user/scripted-user";

export interface Registered {
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly redirectUri: string;
}

export interface Code extends Registered {
  readonly code: string;
  readonly verifier: string;
}

export interface Tokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

export const redirectUri = "https://client.example/callback";

export function postJson(url: string, body: unknown): Promise<OAuthResponse> {
  const headers = { "content-type": "application/json" };
  return requestOAuth(url, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Registers a public client. */
export async function register(origin: string, more: Record<string, unknown> = {}): Promise<Registered> {
  const { status, body } = await postJson(`${origin}/oauth/register`, {
    client_name: "A client",
    redirect_uris: [redirectUri],
    token_endpoint_auth_method: "none",
    ...more,
  });
  if (status !== 201) throw new Error(`registration: ${status} ${String(body.error)}`);
  const secret = body.client_secret;
  return {
    clientId: String(body.client_id),
    redirectUri: (body.redirect_uris as string[])[0]!,
    ...(typeof secret === "string" && { clientSecret: secret }),
  };
}

export interface AuthorizationRequest {
  readonly url: URL;
  readonly verifier: string;
  readonly state: string;
}

/** `more` adds and replaces parameters; undefined leaves one out. */
export function authorizationRequest(
  origin: string,
  client: Registered,
  more: Record<string, string | undefined> = {},
): AuthorizationRequest {
  const { verifier, challenge } = newPkce();
  const state = randomBytes(12).toString("base64url");
  const url = authorizeUrl(`${origin}/oauth/authorize`, {
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    code_challenge: challenge,
    code_challenge_method: "S256",
    state,
    resource: `${origin}/mcp`,
    ...more,
  });
  return { url, verifier, state };
}

/** Takes a user from the authorize URL to the client's code. */
export async function authorize(
  origin: string,
  client: Registered,
  user: ScriptedUser,
  how: { more?: Record<string, string | undefined>; signIn?: Partial<SignInOptions> } = {},
): Promise<Code> {
  const request = authorizationRequest(origin, client, how.more);
  const back = await user.signInAndAllow(request.url, { stopAt: client.redirectUri, ...how.signIn });
  const code = back.searchParams.get("code");
  if (code === null) throw new Error(`no code: ${back.search}`);
  return { ...client, code, verifier: request.verifier };
}

export function redeem(
  origin: string,
  code: Code,
  more: Record<string, string | readonly string[]> = {},
): Promise<OAuthResponse> {
  return postForm(`${origin}/oauth/token`, {
    grant_type: "authorization_code",
    client_id: code.clientId,
    code: code.code,
    redirect_uri: code.redirectUri,
    code_verifier: code.verifier,
    ...more,
  });
}

export function refresh(
  origin: string,
  client: Registered,
  refreshToken: string,
  more: Record<string, string> = {},
): Promise<OAuthResponse> {
  return postForm(`${origin}/oauth/token`, {
    grant_type: "refresh_token",
    client_id: client.clientId,
    refresh_token: refreshToken,
    ...more,
  });
}

export function revoke(origin: string, client: Registered, token: string): Promise<OAuthResponse> {
  return postForm(`${origin}/oauth/revoke`, { client_id: client.clientId, token });
}

export function tokensOf(response: OAuthResponse): Tokens {
  if (response.status !== 200)
    throw new Error(`no tokens: ${response.status} ${String(response.body.error)}`);
  return {
    accessToken: String(response.body.access_token),
    refreshToken: String(response.body.refresh_token),
  };
}

/** From registration to tokens. */
export async function connect(origin: string, user: ScriptedUser, client?: Registered) {
  const registered = client ?? (await register(origin));
  const code = await authorize(origin, registered, user);
  return { ...registered, code, ...tokensOf(await redeem(origin, code)) };
}

/** Opens a page without following a redirect; of its first link, `href`, also the parts. */
export async function openPage(url: URL) {
  const response = await fetch(url, { redirect: "manual", headers: { accept: "text/html" } });
  const html = await response.text();
  const href = /<a href="([^"]*)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
  const target = href === undefined ? undefined : new URL(href);
  return {
    status: response.status,
    location: response.headers.get("location"),
    html,
    href,
    target: target && `${target.origin}${target.pathname}`,
    parameters: Object.fromEntries(target?.searchParams ?? []),
    response,
  };
}
