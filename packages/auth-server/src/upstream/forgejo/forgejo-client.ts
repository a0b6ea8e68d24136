import type { AccountId } from "@fjmcp/shared/ids";
import type { Secret } from "@fjmcp/shared/config/secret";
import { z } from "zod";
import type { Clock } from "@fjmcp/shared/clock";
import { requestForgejo } from "./forgejo-http.ts";
import { readTokenSet, type ForgejoTokenSet } from "./forgejo-token-set.ts";
import { TokenRefusedError } from "../errors/token-refused-error.ts";
import { UpstreamMisconfiguredError } from "../errors/upstream-misconfigured-error.ts";
import { UpstreamUnavailableError } from "../errors/upstream-unavailable-error.ts";

/** Our registration at Forgejo, and how to call it. */
export interface ForgejoApp {
  /** Without a trailing slash; may have a path. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** `<issuer>/oauth/callback`. */
  readonly redirectUri: string;
  readonly timeoutMs: number;
}

export interface ForgejoUser {
  readonly id: AccountId;
  readonly login: string;
  /** False for an inactive user or one who is prohibited from signing in. */
  readonly maySignIn: boolean;
}

/**
 * Forgejo's OAuth and user endpoints. Every call may reject with UpstreamUnavailableError, and those that authenticate
 * our client with UpstreamMisconfiguredError.
 */
export interface ForgejoClient {
  /** RFC 6749 §4.1.3 with RFC 7636. Rejects with TokenRefusedError too. */
  exchangeCode(code: string, codeVerifier: string): Promise<ForgejoTokenSet>;
  /** RFC 6749 §6. Rejects with TokenRefusedError too. */
  refresh(refreshToken: string): Promise<ForgejoTokenSet>;
  /** RFC 7662. A token that is not active counts as unavailable: whether it is dead, other calls say. */
  introspect(accessToken: string): Promise<{ scope: string; sub: string | undefined }>;
  /** Who the token's user is; undefined when Forgejo refuses the token (401 or 403). */
  user(accessToken: string): Promise<ForgejoUser | undefined>;
}

const oauthError = z.object({ error: z.string(), error_description: z.string().default("") });
const introspection = z.object({
  active: z.boolean(),
  scope: z.string().default(""),
  sub: z
    .string()
    .regex(/^[1-9]\d*$/)
    .optional()
    .catch(undefined),
});
const apiUser = z.object({
  id: z.int().positive(),
  login: z.string().min(1),
  active: z.boolean().default(true),
  prohibit_login: z.boolean().default(false),
});
/** Every refusal of Forgejo's API has a message; a 403 without one comes from something in front of it. */
const apiRefusal = z.object({ message: z.string() });

export function createForgejoClient(app: ForgejoApp, clock: Clock): ForgejoClient {
  const { clientId, clientSecret, timeoutMs } = app;

  async function tokens(grant: Record<string, string>): Promise<ForgejoTokenSet> {
    const sentAtMs = clock();
    const answer = await requestForgejo(`${app.url}/login/oauth/access_token`, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams({
        ...grant,
        client_id: clientId,
        client_secret: clientSecret.reveal(),
      }),
      timeoutMs,
    });
    if (answer.status !== 200) throw tokenError(answer.json, answer.status);
    const set = readTokenSet(answer.json, sentAtMs);
    if (set === undefined) throw new UpstreamUnavailableError("Forgejo's token answer could not be read");
    return set;
  }

  return {
    exchangeCode: (code, codeVerifier) =>
      tokens({
        grant_type: "authorization_code",
        code,
        code_verifier: codeVerifier,
        redirect_uri: app.redirectUri,
      }),

    refresh: (refreshToken) => tokens({ grant_type: "refresh_token", refresh_token: refreshToken }),

    async introspect(accessToken) {
      const basic = Buffer.from(`${clientId}:${clientSecret.reveal()}`).toString("base64");
      const { status, json } = await requestForgejo(`${app.url}/login/oauth/introspect`, {
        method: "POST",
        headers: { accept: "application/json", authorization: `Basic ${basic}` },
        body: new URLSearchParams({ token: accessToken }),
        timeoutMs,
      });
      // Without an answer nobody knows how much the token may do, so there is no going on without one.
      if (status !== 200) throw new UpstreamMisconfiguredError(`Forgejo's introspection answered ${status}`);
      const answer = introspection.safeParse(json);
      if (!answer.data?.active)
        throw new UpstreamUnavailableError("Forgejo does not say what the token may do");
      return { scope: answer.data.scope, sub: answer.data.sub };
    },

    async user(accessToken) {
      const { status, json } = await requestForgejo(`${app.url}/api/v1/user`, {
        method: "GET",
        headers: { accept: "application/json", authorization: `Bearer ${accessToken}` },
        timeoutMs,
      });
      if ((status === 401 || status === 403) && apiRefusal.safeParse(json).success) return undefined;
      const user = apiUser.safeParse(json);
      if (status !== 200 || !user.success) {
        throw new UpstreamUnavailableError(`Forgejo's /api/v1/user gave no user (status ${status})`);
      }
      return {
        id: String(user.data.id) as AccountId,
        login: user.data.login,
        maySignIn: user.data.active && !user.data.prohibit_login,
      };
    },
  };
}

/** Forgejo says 400 to everything; a bad secret is `unauthorized_client` with a code, `invalid_client` on refresh. */
function tokenError(json: unknown, status: number): Error {
  const { error = "", error_description = "" } = oauthError.safeParse(json).data ?? {};
  if (error === "invalid_client" || /client secret|redirect.?uri/i.test(error_description)) {
    return new UpstreamMisconfiguredError("Forgejo refuses our client id, secret or redirect URI");
  }
  if (error === "invalid_grant" || error === "unauthorized_client") {
    return new TokenRefusedError(`Forgejo refuses the code or refresh token (${error})`);
  }
  return new UpstreamUnavailableError(`Forgejo's token endpoint answered ${status}`);
}
