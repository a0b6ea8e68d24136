import { randomBytes } from "node:crypto";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { Hash } from "@fjmcp/shared/ids";

/** How long a person may take at Forgejo, in seconds: the life of the state and of its cookie. */
export const loginAttemptSec = 600;
const maxAttempts = 5;

/** One login attempt of one browser; several may run side by side in its tabs. */
export interface LoginAttempt {
  readonly cookieName: string;
  readonly cookieValue: string;
  /** What is stored of the cookie. */
  readonly binding: Hash;
  readonly uid: string;
}

/** `secure`: whether the issuer is https; a `__Host-` cookie can not be set over http. */
export function newLoginAttempt(options: {
  state: string;
  uid: string;
  nowMs: number;
  secure: boolean;
}): LoginAttempt {
  const { state, uid, nowMs, secure } = options;
  const secret = randomBytes(32).toString("base64url");
  const cookieValue = `${Math.floor(nowMs / 1000)}.${uid}.${secret}`;
  return { cookieName: loginCookieName(state, secure), cookieValue, binding: sha256Hex(cookieValue), uid };
}

export function loginCookieName(state: string, secure: boolean): string {
  return `${prefix(secure)}${sha256Hex(state).slice(0, 8)}`;
}

/** The interaction that an attempt cookie belongs to. Means something only once its binding was checked. */
export function uidOfLoginCookie(cookieValue: string): string {
  return cookieValue.split(".")[1] ?? "";
}

/** The names of the oldest attempts that have to go so that with a new one there are five at most. */
export function attemptCookiesToEvict(cookies: Readonly<Record<string, string>>, secure: boolean): string[] {
  const startedAt = (value: string) => Number(value.split(".")[0]) || 0;
  const attempts = Object.entries(cookies)
    .filter(([name]) => name.startsWith(prefix(secure)) && /-[0-9a-f]{8}$/.test(name))
    .sort(([, a], [, b]) => startedAt(b) - startedAt(a));
  return attempts.slice(maxAttempts - 1).map(([name]) => name);
}

function prefix(secure: boolean): string {
  return secure ? "__Host-fjmcp-" : "fjmcp-";
}
