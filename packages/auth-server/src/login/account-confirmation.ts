import { z } from "zod";
import { accountIdSchema } from "@fjmcp/shared/ids";
import { constantTimeEqual } from "../crypto/constant-time-equal.ts";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import { parseAccess } from "./access-text.ts";

const confirmed = z.object({
  accountId: accountIdSchema,
  /** The login name, for display. */
  login: z.string(),
  /** The application whose tokens the login has stored. */
  forgejoClientId: z.string(),
  /** What the user has allowed, see access-text.ts. */
  access: z.string().transform(parseAccess),
});
/** A login at Forgejo that its user has yet to confirm. */
export type ConfirmedAccount = z.infer<typeof confirmed>;

/**
 * What the form of the page carries that asks whether to go on with an account: `<the login>.<MAC>`, bound to its
 * authorization request, so that nothing needs to be stored meanwhile.
 */
interface AccountConfirmations {
  issue(uid: string, login: z.input<typeof confirmed>): string;
  /** Undefined for a value that was not issued for this authorization request. */
  verify(uid: string, value: unknown): ConfirmedAccount | undefined;
}

export function createAccountConfirmations(derivation: SecretDerivation): AccountConfirmations {
  return {
    issue(uid, login) {
      const text = Buffer.from(JSON.stringify(login)).toString("base64url");
      return `${text}.${derivation.derive("account-confirmation", `${uid}.${text}`)}`;
    },
    verify(uid, value) {
      const [text = "", mac = ""] = typeof value === "string" ? value.split(".") : [];
      const macs = derivation.deriveAll("account-confirmation", `${uid}.${text}`);
      if (!macs.some((one) => constantTimeEqual(mac, one))) return undefined;
      return confirmed.parse(JSON.parse(Buffer.from(text, "base64url").toString()));
    },
  };
}
