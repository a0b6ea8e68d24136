import { sha256Hex } from "@fjmcp/shared/hash";
import type { Hash } from "@fjmcp/shared/ids";
import type { GrantedAccess } from "../grant/granted-access.ts";
import { hostCookieName } from "../host-cookie.ts";
import { formatAccess, parseAccess } from "./access-text.ts";
import { formatTokenPlan, parseTokenPlan, type TokenPlan } from "./token-plan.ts";

/**
 * How long a user may take at Forgejo, in seconds: the life of the state and of the login cookie. A second factor or a
 * confirmation by mail needs some.
 */
export const loginAttemptSec = 1800;
const maxAttempts = 5;

/** One login of one browser; several may be pending at once, in its tabs. Each has a cookie of its own. */
export interface LoginAttempt {
  readonly cookieName: string;
  readonly cookieValue: string;
  /** The hash of the cookie's value, which is stored with the state. */
  readonly binding: Hash;
  /** The id of the interaction. */
  readonly uid: string;
}

/** A login in progress. */
export interface PendingLogin {
  /** The id of the interaction. */
  readonly uid: string;
  /** When the consent page was loaded, in seconds since the epoch. */
  readonly startedAtSec: number;
  /** How often Forgejo rejected a code of this login before. */
  readonly retries: number;
  /** What the user chose on that page. */
  readonly access: GrantedAccess;
  /** The personal token that the login is for, where it is for one. */
  readonly tokenPlan?: TokenPlan | undefined;
}

/** What a login cookie says of its login. */
interface StartedLogin extends PendingLogin {
  /** The client id of the Forgejo application that the browser was sent to; undefined in a cookie of an earlier version. */
  readonly forgejoClientId: string | undefined;
}

/** `secret` makes the cookie's value unpredictable. `secure`: whether the issuer is https. */
export function newLoginAttempt(
  options: PendingLogin & { forgejoClientId: string; state: string; secret: string; secure: boolean },
): LoginAttempt {
  const { state, uid, secret, startedAtSec, secure, retries, access, tokenPlan, forgejoClientId } = options;
  const members = [startedAtSec, uid, retries, formatAccess(access), secret, forgejoClientId].join(".");
  const plan = tokenPlan && Buffer.from(formatTokenPlan(tokenPlan)).toString("base64url");
  const cookieValue = plan === undefined ? members : `${plan}~${members}`;
  return { cookieName: loginCookieName(state, secure), cookieValue, binding: sha256Hex(cookieValue), uid };
}

export function loginCookieName(state: string, secure: boolean): string {
  return hostCookieName(sha256Hex(state).slice(0, 8), secure);
}

/** Reads the value of a login cookie. Not authentic until the cookie was compared with the state's binding. */
export function loginOfCookie(cookieValue: string): StartedLogin {
  const [, plan, members] = /^(?:([\w-]+)~)?(.*)$/s.exec(cookieValue)!;
  const [startedAtSec, uid = "", retries, access = "", _secret, ...clientId] = members!.split(".");
  return {
    uid,
    startedAtSec: Number(startedAtSec),
    retries: Number(retries),
    access: parseAccess(access),
    tokenPlan: plan === undefined ? undefined : parseTokenPlan(Buffer.from(plan, "base64url").toString()),
    forgejoClientId: clientId.length === 0 ? undefined : clientId.join("."),
  };
}

/** The names of the oldest login cookies, to be deleted so that together with a new one there are at most five. */
export function loginCookiesToEvict(cookies: Readonly<Record<string, string>>, secure: boolean): string[] {
  const startedAt = (value: string) => loginOfCookie(value).startedAtSec || 0;
  const attempts = Object.entries(cookies)
    .filter(([name]) => name.startsWith(hostCookieName("", secure)) && /-[0-9a-f]{8}$/.test(name))
    // A browser sends its oldest cookie first (RFC 6265 §5.4), which tells apart what was opened in one second.
    .toReversed()
    .toSorted(([, a], [, b]) => startedAt(b) - startedAt(a));
  return attempts.slice(maxAttempts - 1).map(([name]) => name);
}
