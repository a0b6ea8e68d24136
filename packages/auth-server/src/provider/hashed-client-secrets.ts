import { timingSafeEqual } from "node:crypto";
import type { Provider } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";

/** A stored client's secret is a hash: compare with the hash of what is presented. */
export function compareHashedSecrets(provider: Provider): void {
  const prototype = provider.Client.prototype as unknown as {
    compareClientSecret: (this: { clientSecret?: string }, actual: string) => boolean;
  };
  prototype.compareClientSecret = function (actual) {
    const stored = Buffer.from(this.clientSecret ?? "");
    const presented = Buffer.from(sha256Hex(actual));
    return stored.length === presented.length && timingSafeEqual(stored, presented);
  };
}
