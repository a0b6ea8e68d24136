import { createHash, randomBytes } from "node:crypto";
import type { ScriptedUser, SignInOptions } from "@fjmcp/testkit/scripted-user/scripted-user";

export interface Registered {
  readonly clientId: string;
  readonly clientSecret?: string;
  readonly redirectUri: string;
}

export interface ParsedResponse {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
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

export async function postJson(url: string, body: unknown): Promise<ParsedResponse> {
  return parse(
    await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    }),
  );
}

/** Sends a form; a parameter with a list of values is sent several times. */
export async function postForm(
  url: string,
  parameters: Record<string, string | readonly string[]>,
  headers: Record<string, string> = {},
): Promise<ParsedResponse> {
  const form = new URLSearchParams(
    Object.entries(parameters).flatMap(([name, value]) =>
      (typeof value === "string" ? [value] : value).map((one): [string, string] => [name, one]),
    ),
  );
  return parse(await fetch(url, { method: "POST", body: form, headers }));
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
  const verifier = randomBytes(32).toString("base64url");
  const state = randomBytes(12).toString("base64url");
  const url = new URL("/oauth/authorize", origin);
  const parameters = {
    response_type: "code",
    client_id: client.clientId,
    redirect_uri: client.redirectUri,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    state,
    resource: `${origin}/mcp`,
    ...more,
  };
  for (const [name, value] of Object.entries(parameters)) {
    if (value !== undefined) url.searchParams.set(name, value);
  }
  return { url, verifier, state };
}

/** Takes a user from the authorize URL to the client's code. */
export async function authorize(
  origin: string,
  client: Registered,
  person: ScriptedUser,
  how: { more?: Record<string, string | undefined>; signIn?: Partial<SignInOptions> } = {},
): Promise<Code> {
  const request = authorizationRequest(origin, client, how.more);
  const back = await person.signInAndAllow(request.url, { stopAt: client.redirectUri, ...how.signIn });
  const code = back.searchParams.get("code");
  if (code === null) throw new Error(`no code: ${back.search}`);
  return { ...client, code, verifier: request.verifier };
}

export function redeem(
  origin: string,
  code: Code,
  more: Record<string, string | readonly string[]> = {},
): Promise<ParsedResponse> {
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
): Promise<ParsedResponse> {
  return postForm(`${origin}/oauth/token`, {
    grant_type: "refresh_token",
    client_id: client.clientId,
    refresh_token: refreshToken,
    ...more,
  });
}

export function revoke(origin: string, client: Registered, token: string): Promise<ParsedResponse> {
  return postForm(`${origin}/oauth/revoke`, { client_id: client.clientId, token });
}

export function tokensOf(response: ParsedResponse): Tokens {
  if (response.status !== 200)
    throw new Error(`no tokens: ${response.status} ${String(response.body.error)}`);
  return {
    accessToken: String(response.body.access_token),
    refreshToken: String(response.body.refresh_token),
  };
}

/** From registration to tokens. */
export async function connect(origin: string, person: ScriptedUser, client?: Registered) {
  const registered = client ?? (await register(origin));
  const code = await authorize(origin, registered, person);
  return { ...registered, code, ...tokensOf(await redeem(origin, code)) };
}

async function parse(response: Response): Promise<ParsedResponse> {
  const text = await response.text();
  const isJson = response.headers.get("content-type")?.startsWith("application/json") ?? false;
  return {
    status: response.status,
    headers: response.headers,
    body: isJson ? (JSON.parse(text) as Record<string, unknown>) : {},
  };
}
