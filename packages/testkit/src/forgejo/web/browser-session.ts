import { randomBytes } from "node:crypto";
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import type { CodeChallenge } from "../oauth/authorization-codes.ts";

/** The consent that is pending in a browser. There is ONE slot: a second tab overwrites the first. */
interface PendingConsent {
  readonly clientId: string;
  readonly redirectUri: string;
  readonly state: string;
  readonly pkce: CodeChallenge;
}

export interface BrowserSession {
  userId: number | undefined;
  /** The user whose password was correct and whose passcode is missing. */
  pendingTwoFactorUserId: number | undefined;
  pendingConsent: PendingConsent | undefined;
  /** The value of the hidden `_csrf` field of Forgejo ≤ 13. */
  readonly csrf: string;
}

const cookieName = "i_like_gitea";

export class BrowserSessions {
  readonly #sessions = new Map<string, BrowserSession>();

  /** The session of the request's cookie, if it has one. */
  find(c: Context): BrowserSession | undefined {
    return this.#sessions.get(getCookie(c, cookieName) ?? "");
  }

  /** The session of the request's cookie, or a new one: then the response sets its cookie. */
  of(c: Context): BrowserSession {
    const known = this.find(c);
    if (known !== undefined) return known;
    const id = randomBytes(16).toString("hex");
    const session: BrowserSession = {
      userId: undefined,
      pendingTwoFactorUserId: undefined,
      pendingConsent: undefined,
      csrf: randomBytes(16).toString("base64url"),
    };
    this.#sessions.set(id, session);
    setCookie(c, cookieName, id, { path: "/", httpOnly: true, sameSite: "Lax" });
    return session;
  }
}
