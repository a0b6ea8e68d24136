import type { AuthServerConfig } from "./config.ts";
import { createKeyRing } from "./crypto/key-ring.ts";
import type { KeyUse } from "./admin/list-keys.ts";
import type { ClientIdCodec } from "./provider/client-id/client-id-codec.ts";
import type { Installation } from "./redis/installation-faults.ts";
import type { VaultKeys } from "./upstream/vault/vault.ts";
import { vaultKeyIds } from "./upstream/vault/vault-cipher.ts";

/** The keys of this configuration, and what needs them. */
export function keyUseOf(
  config: AuthServerConfig,
  deps: { vaultKeys: VaultKeys; clientIds: ClientIdCodec },
): KeyUse {
  const { vaultKeys, clientIds } = deps;
  return {
    forgejoClientId: config.forgejo.application.clientId,
    ids: {
      cookie: createKeyRing(config.cookieKey).ids,
      vault: vaultKeyIds(createKeyRing(config.vaultKey)),
      derivation: createKeyRing(config.derivationKey).ids,
    },
    vaultKeysOf: (account) => vaultKeys.keyIdsOf(account),
    derivationKeyOf: (client) => clientIds.keyIdOf(client),
  };
}

/** What this configuration must have in common with the data in Redis and with other auth-servers. */
export function installationOf(config: AuthServerConfig): Installation {
  return {
    issuer: config.issuer,
    previousIssuer: config.previousIssuer,
    forgejoUrl: config.forgejo.url,
    previousForgejoUrl: config.forgejo.previousUrl,
    forgejoClientId: config.forgejo.application.clientId,
    readOnlyForgejoClientId: config.forgejo.readOnlyApplication?.clientId,
    vaultKeyId: vaultKeyIds(createKeyRing(config.vaultKey)).join(","),
    vaultDiscard: config.vaultDiscard,
    derivationKeyIds: createKeyRing(config.derivationKey).ids,
    derivationDiscard: config.derivationDiscard,
    cookieKeyId: createKeyRing(config.cookieKey).ids.join(","),
  };
}
