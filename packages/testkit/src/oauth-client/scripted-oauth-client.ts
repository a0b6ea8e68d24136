import { randomBytes } from "node:crypto";
import { authorizeUrl } from "./authorize-url.ts";
import { discover, type Discovered } from "./discover.ts";
import { requestOAuth, postForm, type Fetch, type FormFields, type OAuthResponse } from "./oauth-request.ts";
import { newPkce, type Pkce } from "./pkce.ts";

/** A pending authorization request: what the client keeps until it receives the code. */
export interface Attempt {
  readonly url: URL;
  readonly state: string;
  readonly pkce: Pkce;
}

const defaultRedirectUri = "http://127.0.0.1:33418/callback";

/**
 * A public OAuth client for tests: each method sends one request with valid defaults and resolves with the raw response.
 * `changes` replaces any parameter; undefined omits one.
 */
export class ScriptedOAuthClient {
  readonly server: Discovered["authorizationServer"];
  readonly resource: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly registration: OAuthResponse;
  readonly #fetch: Fetch;

  private constructor(
    discovered: Discovered,
    registration: OAuthResponse,
    redirectUri: string,
    fetchFn: Fetch,
  ) {
    this.server = discovered.authorizationServer;
    this.resource = discovered.protectedResource.resource;
    this.clientId = String(registration.body.client_id);
    this.redirectUri = redirectUri;
    this.registration = registration;
    this.#fetch = fetchFn;
  }

  /** Discovers and registers (RFC 7591). Throws when the registration is rejected. */
  static async register(
    mcpUrl: string,
    options: { metadata?: Record<string, unknown>; fetch?: Fetch } = {},
  ): Promise<ScriptedOAuthClient> {
    const fetchFn = options.fetch ?? fetch;
    const discovered = await discover(mcpUrl, fetchFn);
    const metadata = {
      client_name: "Scripted client",
      redirect_uris: [defaultRedirectUri],
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      ...options.metadata,
    };
    const registration = await registerClient(
      discovered.authorizationServer.registration_endpoint,
      metadata,
      fetchFn,
    );
    if (registration.status !== 201)
      throw new Error(`The registration was rejected: ${registration.status} ${registration.text}`);
    return new ScriptedOAuthClient(discovered, registration, metadata.redirect_uris[0]!, fetchFn);
  }

  authorize(changes: FormFields = {}): Attempt {
    const pkce = newPkce();
    const state = randomBytes(16).toString("base64url");
    const url = authorizeUrl(this.server.authorization_endpoint, {
      response_type: "code",
      client_id: this.clientId,
      redirect_uri: this.redirectUri,
      state,
      code_challenge: pkce.challenge,
      code_challenge_method: "S256",
      resource: this.resource,
      scope: "forgejo:read forgejo:write",
      ...changes,
    });
    return { url, state, pkce };
  }

  exchange(attempt: Attempt, code: string, changes: FormFields = {}): Promise<OAuthResponse> {
    return this.token({
      grant_type: "authorization_code",
      code,
      redirect_uri: this.redirectUri,
      code_verifier: attempt.pkce.verifier,
      resource: this.resource,
      ...changes,
    });
  }

  refresh(refreshToken: string, changes: FormFields = {}): Promise<OAuthResponse> {
    return this.token({ grant_type: "refresh_token", refresh_token: refreshToken, ...changes });
  }

  token(fields: FormFields): Promise<OAuthResponse> {
    return postForm(
      this.server.token_endpoint,
      { client_id: this.clientId, ...fields },
      { fetch: this.#fetch },
    );
  }

  /** RFC 7009. */
  revoke(token: string, changes: FormFields = {}): Promise<OAuthResponse> {
    const fields = { client_id: this.clientId, token, ...changes };
    return postForm(this.server.revocation_endpoint, fields, { fetch: this.#fetch });
  }
}

/** POSTs registration metadata, which may be invalid. */
function registerClient(endpoint: string, metadata: unknown, fetchFn: Fetch = fetch): Promise<OAuthResponse> {
  const headers = { "content-type": "application/json" };
  return requestOAuth(endpoint, { method: "POST", body: JSON.stringify(metadata), headers }, fetchFn);
}
