import type { Provider } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import { constantTimeEqual } from "../../crypto/constant-time-equal.ts";

/** Compares the hash of the presented secret (`Client#compareClientSecret`): a stored client holds only a hash. */
export function compareHashedSecrets(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as {
    compareClientSecret: (this: { clientSecret?: string }, actual: string) => boolean;
  };
  prototype.compareClientSecret = function (actual) {
    return constantTimeEqual(this.clientSecret ?? "", sha256Hex(actual));
  };
}
