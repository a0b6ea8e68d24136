import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { AccountId } from "@fjmcp/shared/ids";
import { CompactEncrypt, compactDecrypt, decodeProtectedHeader } from "jose";
import type { KeyRing } from "../../crypto/key-ring.ts";
import { DecryptionFailedError } from "../errors/decryption-failed-error.ts";
import { VaultKeyMissingError } from "../errors/vault-key-missing-error.ts";
import { upstreamRecord, type UpstreamRecord } from "./upstream-record.ts";

/**
 * Encrypts vault records: JWE, `dir` with A256GCM (RFC 7516, RFC 7518 §4.5 and §5.3). The plaintext is deflated JSON, as most
 * of a record is base64url, and its two tokens have much in common. Each record is compressed by itself, without anything
 * of another account, so that its length reveals no secret. The `zip` of JWE would be the same, but jose compresses by
 * streams, at ten times the cost.
 */
export interface VaultCipher {
  readonly currentKeyId: string;
  /** Each call gives another ciphertext. */
  encrypt(account: AccountId, record: UpstreamRecord): Promise<string>;
  /** The id of the key that a ciphertext needs, as `vaultKeyIds` has it; undefined for what is no ciphertext. */
  keyIdOf(ciphertext: string): string | undefined;
  /** False when the ring has the current key alone, and none is given up. */
  readonly mayNeedRenewal: boolean;
  /** Whether that key is given up: what it has encrypted is lost. */
  isDiscarded(keyId: string): boolean;
  /**
   * Rejects with VaultKeyMissingError when the ring has not the key that it needs, unless that is given up, and with
   * DecryptionFailedError unless it was encrypted for this application and account.
   */
  decrypt(account: AccountId, ciphertext: string): Promise<UpstreamRecord>;
}

/** Identifiers of the ring's vault keys, the current one's first, 16 hex digits each, from which no key can be derived. */
export function vaultKeyIds(ring: KeyRing): string[] {
  return ring.all.map(({ vaultId }) => vaultId);
}

/**
 * The current key of the ring encrypts, and each of its keys decrypts. `app` is the client id at Forgejo; `discarded`, the
 * ids of the keys that are permanently lost.
 */
export function createVaultCipher(
  ring: KeyRing,
  app: string,
  discarded: readonly string[] = [],
): VaultCipher {
  const keys = new Map(ring.all.map((root) => [root.vaultId, root.derive("vault key", 32)]));
  const currentKeyId = ring.current.vaultId;
  const isDiscarded = (keyId: string) => discarded.includes(keyId) && !keys.has(keyId);

  function keyIdOf(ciphertext: string): string | undefined {
    try {
      return decodeProtectedHeader(ciphertext).kid;
    } catch {
      return undefined;
    }
  }

  return {
    currentKeyId,
    mayNeedRenewal: keys.size > 1 || discarded.some(isDiscarded),

    encrypt(account, record) {
      return new CompactEncrypt(deflateRawSync(JSON.stringify(record)))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid: currentKeyId, app, account })
        .encrypt(keys.get(currentKeyId)!);
    },

    keyIdOf,
    isDiscarded,

    async decrypt(account, ciphertext) {
      const keyId = keyIdOf(ciphertext) ?? "";
      if (keyId !== "" && !keys.has(keyId) && !isDiscarded(keyId)) throw new VaultKeyMissingError(keyId, app);
      const keyFor = () => {
        const key = keys.get(keyId);
        if (key === undefined) throw new Error("encrypted with another key");
        return key;
      };
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(ciphertext, keyFor, {
          keyManagementAlgorithms: ["dir"],
          contentEncryptionAlgorithms: ["A256GCM"],
        });
        if (protectedHeader.app !== app || protectedHeader.account !== account)
          throw new Error("encrypted for another application or account");
        return upstreamRecord.parse(JSON.parse(inflateRawSync(plaintext).toString("utf8")));
      } catch (cause) {
        throw new DecryptionFailedError("A vault record cannot be decrypted", { cause });
      }
    },
  };
}
