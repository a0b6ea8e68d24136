import type { Provider } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import { constantTimeEqual } from "../../crypto/constant-time-equal.ts";

/** A stored client's secret is a hash: compare with the hash of what is presented. */
export function compareHashedSecrets(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as {
    compareClientSecret: (this: { clientSecret?: string }, actual: string) => boolean;
  };
  prototype.compareClientSecret = function (actual) {
    return constantTimeEqual(this.clientSecret ?? "", sha256Hex(actual));
  };
}
