import { createHash, randomBytes } from "node:crypto";
import { z } from "zod";
import type { PublicRequest } from "../http/public-client.ts";
import type { ClientLogin, Parameters } from "./client-profile.ts";
import type { DiscoveredServer } from "./discover-server.ts";
import { fill, pairs, type Placeholders } from "./fill.ts";
import { NotAccepted, require, ReplayFault, throwIfNotAccepted, type ReplayStep } from "./replay-fault.ts";
import { formRequest, headerOf, jsonMembersOf, type ReplayTarget } from "./replay-target.ts";

/** A client as the server knows it. */
interface KnownClient {
  readonly id: string;
  readonly secret: string | undefined;
  readonly authentication: string;
}

const registrationResponse = z.object({
  client_id: z.string().min(1).max(255),
  client_secret: z.string().min(1).optional(),
  redirect_uris: z.array(z.string()),
  token_endpoint_auth_method: z.string(),
});
const tokenResponse = z.object({
  access_token: z.string().min(1),
  refresh_token: z.string().min(1).optional(),
  token_type: z.literal("Bearer"),
  expires_in: z.number().positive(),
  scope: z.string(),
});
type Tokens = z.infer<typeof tokenResponse>;

/** One login of a client, from its registration on; the token requests as this client sends them. */
export class ReplayedLogin {
  readonly #login: ClientLogin;
  readonly #server: DiscoveredServer;
  readonly #target: ReplayTarget;
  readonly #placeholders: Placeholders;
  readonly #client: KnownClient;

  private constructor(
    login: ClientLogin,
    server: DiscoveredServer,
    target: ReplayTarget,
    client: KnownClient,
  ) {
    this.#login = login;
    this.#server = server;
    this.#target = target;
    this.#client = client;
    this.#placeholders = placeholdersOf(server);
  }

  /** Registers the client, or uses its document. Rejects with a ReplayFault or NotAccepted, as all methods do. */
  static async start(
    login: ClientLogin,
    server: DiscoveredServer,
    target: ReplayTarget,
  ): Promise<ReplayedLogin> {
    const { client } = login;
    if ("registration" in client) {
      const body = fill(client.registration, placeholdersOf(server));
      return new ReplayedLogin(login, server, target, await register(body, login, server, target));
    }
    const isSupported =
      server.client_id_metadata_document_supported === true &&
      server.token_endpoint_auth_methods_supported.includes("none");
    require(isSupported, "registration", "client documents are not offered");
    const known = { id: client.document, secret: undefined, authentication: "none" };
    return new ReplayedLogin(login, server, target, known);
  }

  /** A client that the server does not know must learn so: on anything else it never registers anew. */
  static async requireUnknown(
    login: ClientLogin,
    server: DiscoveredServer,
    target: ReplayTarget,
  ): Promise<void> {
    const lost = { id: randomBytes(16).toString("base64url"), secret: undefined, authentication: "none" };
    const response = await new ReplayedLogin(login, server, target, lost).#refresh(lost.id);
    const isUnknown = response.status === 401 && jsonMembersOf(response).error === "invalid_client";
    const detail = `an unknown client gets ${faultOf(response)} instead of 401 invalid_client`;
    require(isUnknown, "sign-in again", detail);
  }

  /** The login in the browser and the code's exchange; undefined when the login page is as far as it gets. */
  async signIn(): Promise<Tokens | undefined> {
    const { redirectUri, token } = this.#login;
    const verifier = randomBytes(32).toString("base64url");
    const state = randomBytes(12).toString("base64url");
    const back = await this.#browse(verifier, state);
    const code =
      back === undefined ? randomBytes(32).toString("base64url") : codeOf(back, state, this.#server);
    const fields = {
      grant_type: "authorization_code",
      code,
      redirect_uri: redirectUri,
      code_verifier: verifier,
    };
    const response = await this.#request("token", { ...fields, ...token });
    if (back === undefined) {
      requireInvalidGrant("token", response, "a made-up code");
      return undefined;
    }
    const tokens = this.#tokensOf("token", response);
    const isRefreshed = this.#login.refresh === undefined || tokens.refresh_token !== undefined;
    require(isRefreshed, "refresh", "the response for the code has no refresh token");
    return tokens;
  }

  /** The tokens that follow; of a client that refreshes twice at once, one refresh token. */
  async refresh(refreshToken: string): Promise<Tokens> {
    const times = this.#login.refreshesTwice === true ? 2 : 1;
    const responses = await Promise.all(Array.from({ length: times }, () => this.#refresh(refreshToken)));
    const [first, second] = responses.map((response) => this.#tokensOf("refresh", response));
    const isSame = second === undefined || first!.refresh_token === second.refresh_token;
    require(isSame, "refresh", "two refreshes at once get two different refresh tokens");
    return first!;
  }

  /** A refresh token that has ended, or never was one, must get `invalid_grant`: on anything else clients retry. */
  async requireEnded(refreshToken: string, what = "a refresh token that has ended"): Promise<void> {
    requireInvalidGrant("sign-in again", await this.#refresh(refreshToken), what);
  }

  /** Ends the grant, as by the client's own logout (RFC 7009). */
  async revoke(token: string): Promise<void> {
    const { status } = await this.#post(this.#server.revocation_endpoint, { token });
    require(status === 200, "sign-in again", `the revocation of a token gets ${status}`);
  }

  #refresh(refreshToken: string) {
    return this.#request("refresh", {
      grant_type: "refresh_token",
      refresh_token: refreshToken,
      ...this.#login.refresh,
    });
  }

  async #browse(verifier: string, state: string): Promise<string | undefined> {
    const { redirectUri, authorize } = this.#login;
    const url = new URL(this.#server.authorization_endpoint);
    url.search = new URLSearchParams([
      ["response_type", "code"],
      ["client_id", this.#client.id],
      ["redirect_uri", redirectUri],
      ["code_challenge", createHash("sha256").update(verifier).digest("base64url")],
      ["code_challenge_method", "S256"],
      ["state", state],
      ...pairs(fill(authorize, this.#placeholders)),
    ]).toString();
    try {
      return await this.#target.browse(url.href, redirectUri);
    } catch (error) {
      const { message } = error as Error;
      throwIfNotAccepted(message);
      throw new ReplayFault("authorization", message);
    }
  }

  async #request(step: ReplayStep, fields: Parameters) {
    const response = await this.#post(this.#server.token_endpoint, fill(fields, this.#placeholders));
    const isReadable = response.status < 500 && /\bjson\b/.test(headerOf(response, "content-type"));
    require(isReadable, step, `the token endpoint responds ${response.status} without JSON`);
    return response;
  }

  #post(url: string, fields: Parameters) {
    const { id, secret = "", authentication } = this.#client;
    const form = new URLSearchParams(pairs(fields));
    if (authentication === "client_secret_basic") {
      const basic = Buffer.from(`${id}:${secret}`).toString("base64");
      return this.#target.fetch(url, formRequest(form, { authorization: `Basic ${basic}` }));
    }
    form.append("client_id", id);
    if (authentication === "client_secret_post") form.append("client_secret", secret);
    return this.#target.fetch(url, formRequest(form));
  }

  #tokensOf(step: ReplayStep, response: Awaited<ReturnType<ReplayTarget["fetch"]>>): Tokens {
    const tokens = tokenResponse.safeParse(jsonMembersOf(response)).data;
    require(response.status === 200 && tokens !== undefined, step, faultOf(response));
    return tokens;
  }
}

async function register(
  body: Readonly<Record<string, unknown>>,
  login: ClientLogin,
  server: DiscoveredServer,
  { fetch }: ReplayTarget,
): Promise<KnownClient> {
  if (server.registration_endpoint === undefined)
    throw new NotAccepted("clients cannot register themselves here");
  const response = await fetch(server.registration_endpoint, registrationRequest(body));
  const members = jsonMembersOf(response);
  if (response.status === 401)
    throw new NotAccepted("clients register here only with an initial access token");
  throwIfNotAccepted(faultOf(response));
  require(response.status === 201, "registration", faultOf(response));
  const empty = Object.keys(members).filter((name) => members[name] === null || members[name] === "");
  require(empty.length === 0, "registration", `the response has empty members, such as ${empty[0]}`);
  const parsed = registrationResponse.safeParse(members).data;
  require(parsed !== undefined, "registration", "the response is not one of RFC 7591");
  return {
    id: parsed.client_id,
    secret: parsed.client_secret,
    authentication: login.authentication ?? parsed.token_endpoint_auth_method,
  };
}

/** A registration that no server may accept must get an error of RFC 7591 §3.2.2. */
export async function requireRejected(
  body: Readonly<Record<string, unknown>>,
  { registration_endpoint: url }: DiscoveredServer,
  { fetch }: ReplayTarget,
): Promise<void> {
  if (url === undefined) return;
  const response = await fetch(url, registrationRequest(body));
  const { error } = jsonMembersOf(response);
  const isRejected = response.status === 400 && typeof error === "string";
  require(isRejected, "registration", `a faulty one gets ${faultOf(response)} instead of 400`);
}

function registrationRequest(body: Readonly<Record<string, unknown>>): PublicRequest {
  return {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
}

function placeholdersOf({ resource, scopes_supported: scopes }: DiscoveredServer): Placeholders {
  return { resource, scopes: scopes.join(" ") };
}

function codeOf(back: string, state: string, { issuer }: DiscoveredServer): string {
  const { searchParams: parameters } = new URL(back);
  const code = parameters.get("code");
  const error = parameters.get("error") ?? "no code";
  require(code !== null, "token", `the browser returns with ${error}`);
  const isOurs = parameters.get("state") === state && parameters.get("iss") === issuer;
  require(isOurs, "token", "the browser returns with another state or iss");
  return code;
}

function requireInvalidGrant(
  step: ReplayStep,
  response: Awaited<ReturnType<ReplayTarget["fetch"]>>,
  what: string,
): void {
  const isRejected = response.status === 400 && jsonMembersOf(response).error === "invalid_grant";
  require(isRejected, step, `${what} gets ${faultOf(response)} instead of 400 invalid_grant`);
}

function faultOf(response: Awaited<ReturnType<ReplayTarget["fetch"]>>): string {
  const { error = "", error_description: description = "" } = jsonMembersOf(response);
  return [response.status, error, description].filter((part) => part !== "").join(" ");
}
