import { accountIdSchema, type AccountId } from "@fjmcp/shared/ids";
import { displayText } from "@fjmcp/shared/display-text";
import { z } from "zod";
import type { Clock } from "@fjmcp/shared/clock";
import { requestForgejo } from "./forgejo-http.ts";
import { readTokenSet, subject, type ForgejoTokenSet } from "./forgejo-token-set.ts";
import { postTokenRequest, tokenErrorResponse, type ForgejoCredentials } from "./token-request.ts";
import { TokenRejectedError } from "../errors/token-rejected-error.ts";
import { UpstreamMisconfiguredError } from "../errors/upstream-misconfigured-error.ts";
import { UpstreamUnavailableError } from "../errors/upstream-unavailable-error.ts";

/** One of our OAuth applications at Forgejo, and how to call it. */
export interface ForgejoApp extends ForgejoCredentials {
  /** `<issuer>/oauth/callback`. */
  readonly redirectUri: string;
}

export interface ForgejoUser {
  readonly id: AccountId;
  readonly login: string;
  /** Of the whole Forgejo. */
  readonly isAdministrator: boolean;
}

/** A team that a user belongs to; each member of an organization is in one of its teams. */
interface ForgejoTeam {
  readonly organization: string;
  readonly name: string;
}

/** What Forgejo's API says of a token. */
type UserResponse =
  | { readonly status: "ok"; readonly user: ForgejoUser }
  /** The token is good, but its user must do something first or is locked out; `message` is Forgejo's own sentence. */
  | { readonly status: "suspended"; readonly message: string }
  /** Forgejo itself does not accept the token. */
  | { readonly status: "rejected" };

/**
 * Forgejo's OAuth and user endpoints. Every call may reject with UpstreamUnavailableError, and those that authenticate
 * our client also with UpstreamMisconfiguredError.
 */
export interface ForgejoClient {
  /** Redeems a code (RFC 6749 §4.1.3, RFC 7636 §4.5). Also rejects with TokenRejectedError. */
  exchangeCode(code: string, codeVerifier: string): Promise<ForgejoTokenSet>;
  /** Refreshes tokens (RFC 6749 §6). Also rejects with TokenRejectedError. */
  refresh(refreshToken: string): Promise<ForgejoTokenSet>;
  /** Introspects a token (RFC 7662): its scope and user; undefined when Forgejo says that it is not active. */
  introspect(accessToken: string): Promise<{ scope: string; sub: AccountId | undefined } | undefined>;
  /** The token's user (`/api/v1/user`). A 401 or 403 of a proxy in front of Forgejo is UpstreamUnavailableError. */
  user(accessToken: string): Promise<UserResponse>;
  /**
   * A page of the teams of the token's user (`/api/v1/user/teams`), empty after the last one. Rejects with
   * UpstreamMisconfiguredError when the token's scope does not allow that.
   */
  teams(accessToken: string, page: number): Promise<readonly ForgejoTeam[]>;
}

const introspection = z.object({
  active: z.boolean(),
  scope: z.string().default(""),
  sub: subject.optional().catch(undefined),
});
const apiUser = z.object({
  id: z.int().positive().transform(String).pipe(accountIdSchema),
  login: z.string().min(1),
  is_admin: z.boolean().default(false),
  active: z.boolean().default(true),
  prohibit_login: z.boolean().default(false),
});
/** Forgejo writes no list as null. */
const apiTeams = z
  .array(z.object({ name: z.string(), organization: z.object({ name: z.string() }) }))
  .nullable()
  .transform((teams) => teams ?? []);
/** Errors of Forgejo's API have a message and a `url`, except those of a user that must do something first. */
const apiError = z.object({ message: z.string(), url: z.string().optional() });
const maxMessageLength = 499;

export function createForgejoClient(app: ForgejoApp, clock: Clock): ForgejoClient {
  const { clientId, clientSecret, timeoutMs } = app;

  async function requestTokens(grant: Record<string, string>): Promise<ForgejoTokenSet> {
    const sentAtMs = clock();
    const { status, json } = await postTokenRequest(app, grant);
    if (status !== 200) throw tokenError(json, status, clientId);
    const set = readTokenSet(json, sentAtMs);
    if (set === undefined) throw new UpstreamUnavailableError("Forgejo's token response could not be read");
    return set;
  }

  function getApi(path: string, accessToken: string) {
    const headers = { accept: "application/json", authorization: `Bearer ${accessToken}` };
    return requestForgejo(`${app.url}${path}`, { method: "GET", headers, timeoutMs });
  }

  return {
    exchangeCode: (code, codeVerifier) =>
      requestTokens({
        grant_type: "authorization_code",
        code,
        code_verifier: codeVerifier,
        redirect_uri: app.redirectUri,
      }),

    refresh: (refreshToken) => requestTokens({ grant_type: "refresh_token", refresh_token: refreshToken }),

    async introspect(accessToken) {
      const basic = Buffer.from(`${clientId}:${clientSecret.reveal()}`).toString("base64");
      const { status, json } = await requestForgejo(`${app.url}/login/oauth/introspect`, {
        method: "POST",
        headers: { accept: "application/json", authorization: `Basic ${basic}` },
        body: new URLSearchParams({ token: accessToken }),
        timeoutMs,
      });
      // Without the scope the token must not be used, and retrying does not help: introspection is not available.
      if (status !== 200)
        throw new UpstreamMisconfiguredError(`Forgejo's introspection endpoint replied ${status}`);
      const { data } = introspection.safeParse(json);
      if (data === undefined) throw new UpstreamUnavailableError("Forgejo's introspection could not be read");
      return data.active ? { scope: data.scope, sub: data.sub } : undefined;
    },

    async user(accessToken) {
      const { status, json } = await getApi("/api/v1/user", accessToken);
      const error = apiError.safeParse(json).data;
      if (status === 401 && error?.url !== undefined) return { status: "rejected" };
      if (status === 403 && error !== undefined && error.url === undefined) {
        return suspended(error.message.replaceAll(accessToken, ""));
      }
      const user = apiUser.safeParse(json);
      if (status !== 200 || !user.success) {
        throw new UpstreamUnavailableError(`Forgejo's /api/v1/user returned no user (status ${status})`);
      }
      const { id, login, is_admin: isAdministrator, active, prohibit_login } = user.data;
      if (!active || prohibit_login) return suspended("");
      return { status: "ok", user: { id, login, isAdministrator } };
    },

    async teams(accessToken, page) {
      const { status, json } = await getApi(`/api/v1/user/teams?page=${page}&limit=50`, accessToken);
      if (status === 403 && apiError.safeParse(json).data?.url !== undefined) {
        throw new UpstreamMisconfiguredError("Forgejo does not show a user's teams to tokens of this scope");
      }
      const teams = apiTeams.safeParse(json);
      if (status !== 200 || !teams.success) {
        throw new UpstreamUnavailableError(
          `Forgejo's /api/v1/user/teams returned no teams (status ${status})`,
        );
      }
      return teams.data.map(({ name, organization }) => ({ name, organization: organization.name }));
    },
  };
}

/** Cleans Forgejo's sentence; has one of its own when Forgejo sends none. */
function suspended(sentence: string): UserResponse {
  const message = displayText(sentence, maxMessageLength);
  return { status: "suspended", message: message || "Forgejo does not let this account sign in." };
}

/** Forgejo replies 400 to everything; a wrong secret is `unauthorized_client` for a code, `invalid_client` on refresh. */
function tokenError(json: unknown, status: number, clientId: string): Error {
  const { error = "", error_description = "" } = tokenErrorResponse.safeParse(json).data ?? {};
  if (error === "invalid_client" || /client secret|redirect.?uri/i.test(error_description)) {
    return new UpstreamMisconfiguredError(
      `Forgejo rejects our client id, secret or redirect URI (application ${clientId})`,
    );
  }
  if (status === 400 && (error === "invalid_grant" || error === "unauthorized_client")) {
    return new TokenRejectedError(`Forgejo rejects the code or refresh token (${error})`);
  }
  return new UpstreamUnavailableError(`Forgejo's token endpoint replied ${status}`);
}
