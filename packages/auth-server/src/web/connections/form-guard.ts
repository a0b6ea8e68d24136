import type { Context } from "hono";
import { constantTimeEqual } from "../../crypto/constant-time-equal.ts";
import type { SecretDerivation } from "../../crypto/secret-derivation.ts";
import { createIsSameOrigin } from "../same-origin.ts";

/**
 * Protects the forms of the page of connections against requests that other sites make a browser send: by Fetch Metadata
 * or the Origin header, and by a CSRF token that is bound to the browser's cookie.
 */
interface FormGuard {
  /** The token for the forms of a page, for the id in the cookie of the browser. */
  token(cookie: string): string;
  /** Why a submitted form is rejected; undefined when it is the page's own, in the browser that has the cookie. */
  fault(c: Context, cookie: string | undefined, token: unknown): FormFault | undefined;
}

/** `other_site`: sent by another site; `no_cookie`: no cookie came with it; `wrong_token`: of another browser or session. */
export type FormFault = "other_site" | "no_cookie" | "wrong_token";

export function createFormGuard(derivation: SecretDerivation, issuer: string): FormGuard {
  const isSameOrigin = createIsSameOrigin(issuer);
  return {
    token: (cookie) => derivation.derive("connections-csrf", cookie),
    fault(c, cookie, sent) {
      if (!isSameOrigin(c)) return "other_site";
      if (cookie === undefined) return "no_cookie";
      if (typeof sent !== "string") return "wrong_token";
      const tokens = derivation.deriveAll("connections-csrf", cookie);
      return tokens.some((token) => constantTimeEqual(sent, token)) ? undefined : "wrong_token";
    },
  };
}
