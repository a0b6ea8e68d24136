import { randomBytes } from "node:crypto";
import type { Clock } from "@fjmcp/shared/clock";
import { constantTimeEqual } from "../crypto/constant-time-equal.ts";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";

/** How long a consent page can be open before Allow shows it again: what it says was read too long ago. */
const staleAfterSec = 600;

/** The page that a submitted CSRF token stands for. */
interface ConsentForm {
  /** The token itself. */
  readonly form: string;
  /** When the page was loaded, in seconds since the epoch. */
  readonly startedAtSec: number;
}

/**
 * The CSRF tokens of consent pages: `<time>.<nonce>.<MAC>`, each bound to its authorization request. No two pages have the
 * same one, so that a retry after a failed login starts a new login.
 */
interface ConsentForms {
  issue(uid: string): string;
  /** Undefined when the token was not issued for this authorization request. */
  verify(uid: string, csrf: unknown): ConsentForm | undefined;
  isStale(form: ConsentForm): boolean;
}

export function createConsentForms(derivation: SecretDerivation, clock: Clock): ConsentForms {
  const nowSec = () => Math.floor(clock() / 1000);
  return {
    issue(uid) {
      const page = `${nowSec()}.${randomBytes(16).toString("base64url")}`;
      return `${page}.${derivation.derive("consent-csrf", `${uid}.${page}`)}`;
    },
    verify(uid, csrf) {
      if (typeof csrf !== "string") return undefined;
      const [time = "", nonce = ""] = csrf.split(".");
      const page = `${time}.${nonce}`;
      const macs = derivation.deriveAll("consent-csrf", `${uid}.${page}`);
      return macs.some((mac) => constantTimeEqual(csrf, `${page}.${mac}`))
        ? { form: csrf, startedAtSec: Number(time) }
        : undefined;
    },
    isStale: ({ startedAtSec }) => nowSec() - startedAtSec > staleAfterSec,
  };
}
