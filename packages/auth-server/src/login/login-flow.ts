import { randomBytes } from "node:crypto";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { ClientId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { AuditEvents } from "../audit-events.ts";
import type { PendingAuthorization, PendingAuthorizations } from "../provider/pending-authorizations.ts";
import type { ForgejoLogin } from "../upstream/tokens/forgejo-login.ts";
import { constantTimeEqual } from "../crypto/constant-time-equal.ts";
import { loginAttemptSec, newLoginAttempt, uidOfLoginCookie, type LoginAttempt } from "./login-cookie.ts";
import { ForgejoAuthorizationError } from "./forgejo-authorization-error.ts";
import { loginFailure, type LoginFailure } from "./login-failure.ts";
import type { LoginStateStore } from "./login-state-store.ts";

/** What Forgejo sent the browser back with. */
export interface CallbackParameters {
  readonly state: string | undefined;
  readonly code: string | undefined;
  readonly error: string | undefined;
}

export type LoginOutcome =
  | { readonly kind: "redirect"; readonly location: string }
  /** This browser has no such login under way: nothing was changed and nobody is told. */
  | { readonly kind: "unknown"; readonly detail: string }
  | { readonly kind: "scope_too_narrow"; readonly missing: readonly string[]; readonly uid: string };

/** The way of a person through Forgejo and back. */
export interface LoginFlow {
  /** After consent: remembers the state and answers where to go and which cookie to set first. */
  start(pending: PendingAuthorization): Promise<{ attempt: LoginAttempt; location: string }>;
  /** `cookie` is the value of the attempt cookie that belongs to the state, if the browser sent it. */
  finish(callback: CallbackParameters, cookie: string | undefined): Promise<LoginOutcome>;
}

export function createLoginFlow(parts: {
  states: LoginStateStore;
  pending: PendingAuthorizations;
  forgejo: ForgejoLogin;
  derivation: SecretDerivation;
  events: AuditEvents;
  clock: Clock;
  secureCookies: boolean;
}): LoginFlow {
  const { states, pending, forgejo, derivation, events } = parts;
  /** PKCE towards Forgejo (RFC 7636): the verifier follows from the state, so nobody has to store it. */
  const verifierOf = (state: string) => derivation.derive("upstream-verifier", state);

  async function exchange(code: string | undefined, error: string | undefined, state: string) {
    if (code !== undefined && error === undefined) return forgejo.complete(code, verifierOf(state));
    throw new ForgejoAuthorizationError(error);
  }

  async function failed(failure: LoginFailure, uid: string, clientId: ClientId): Promise<LoginOutcome> {
    if (failure.kind === "scope_too_narrow") return { ...failure, uid };
    if (failure.misconfigured) events.upstreamMisconfigured({ detail: failure.detail, clientId });
    events.loginFailed({ error: failure.error, detail: failure.detail, clientId });
    return goTo(await pending.fail(uid, failure.error, failure.description));
  }

  return {
    async start({ uid, clientId }) {
      const state = randomBytes(32).toString("base64url");
      const attempt = newLoginAttempt({ state, uid, nowMs: parts.clock(), secure: parts.secureCookies });
      await states.put(sha256Hex(state), attempt.binding, loginAttemptSec);
      events.loginStarted({ clientId });
      return { attempt, location: forgejo.authorizeUrl(state, challengeOf(verifierOf(state))) };
    },

    async finish({ state, code, error }, cookie) {
      if (state === undefined) return unknown("no state");
      if (cookie === undefined) return unknown("no attempt cookie");
      const binding = await states.peek(sha256Hex(state));
      if (binding === undefined) return unknown("unknown, used or expired state");
      if (!constantTimeEqual(binding, sha256Hex(cookie))) return unknown("another browser's state");
      if (!(await states.take(sha256Hex(state)))) return unknown("used state");

      const uid = uidOfLoginCookie(cookie);
      const authorization = await pending.find(uid);
      if (authorization === undefined) return unknown("the authorization request has expired");
      const { clientId } = authorization;
      try {
        const { accountId, login } = await exchange(code, error, state);
        const granted = await pending.grant(uid, accountId);
        if (granted !== undefined) {
          events.loginCompleted({ accountId, login, clientId, grantId: granted.grantId });
        }
        return goTo(granted?.location);
      } catch (cause) {
        return failed(loginFailure(cause), uid, clientId);
      }
    },
  };
}

function goTo(location: string | undefined): LoginOutcome {
  if (location === undefined) return unknown("the authorization request has expired");
  return { kind: "redirect", location };
}

function unknown(detail: string): LoginOutcome {
  return { kind: "unknown", detail };
}

function challengeOf(verifier: string): string {
  return Buffer.from(sha256Hex(verifier), "hex").toString("base64url");
}
