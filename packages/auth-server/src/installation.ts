import type { AuthServerConfig } from "./config.ts";
import { createKeyRing } from "./crypto/key-ring.ts";
import type { Installation } from "./redis/installation-faults.ts";
import { vaultKeyId } from "./upstream/vault/vault-cipher.ts";

/** What this configuration must have in common with the data in Redis and with other auth-servers. */
export function installationOf(config: AuthServerConfig): Installation {
  return {
    issuer: config.issuer,
    previousIssuer: config.previousIssuer,
    forgejoUrl: config.forgejo.url,
    previousForgejoUrl: config.forgejo.previousUrl,
    forgejoClientId: config.forgejo.clientId,
    vaultKeyId: vaultKeyId(config.vaultKey),
    vaultDiscard: config.vaultDiscard,
    derivationKeyIds: createKeyRing(config.derivationKey).ids,
    derivationDiscard: config.derivationDiscard,
    cookieKeyId: createKeyRing(config.cookieKey).ids.join(","),
  };
}
