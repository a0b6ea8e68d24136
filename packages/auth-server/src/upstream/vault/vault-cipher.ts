import { hkdfSync } from "node:crypto";
import type { AccountId } from "@fjmcp/shared/ids";
import type { Secret } from "@fjmcp/shared/config/secret";
import { CompactEncrypt, compactDecrypt } from "jose";
import { DecryptionFailedError } from "../errors/decryption-failed-error.ts";
import { upstreamRecord, type UpstreamRecord } from "./upstream-record.ts";

/** Encrypts vault records: JWE, `dir` with A256GCM (RFC 7516, RFC 7518 §4.5 and §5.3). */
export interface VaultCipher {
  /** Each call gives another ciphertext. */
  encrypt(account: AccountId, record: UpstreamRecord): Promise<string>;
  /** Rejects with DecryptionFailedError unless it was encrypted with this key for this application and account. */
  decrypt(account: AccountId, ciphertext: string): Promise<UpstreamRecord>;
}

/** An identifier of a vault key, 16 hex digits, from which the key cannot be derived. */
export function vaultKeyId(vaultKey: Secret): string {
  return Buffer.from(derived(vaultKey, "fjmcp vault key id", 8)).toString("hex");
}

/**
 * `vaultKey` is any text of high entropy; the encryption key and its id are derived from it (HKDF-SHA-256, RFC 5869).
 * `app` is the client id at Forgejo.
 */
export function createVaultCipher(vaultKey: Secret, app: string): VaultCipher {
  const key = derived(vaultKey, "fjmcp vault key", 32);
  const kid = vaultKeyId(vaultKey);

  return {
    encrypt(account, record) {
      return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(record)))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid, app, account })
        .encrypt(key);
    },

    async decrypt(account, ciphertext) {
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(ciphertext, key, {
          keyManagementAlgorithms: ["dir"],
          contentEncryptionAlgorithms: ["A256GCM"],
        });
        const claims = [protectedHeader.kid, protectedHeader.app, protectedHeader.account];
        if (claims.join("\n") !== [kid, app, account].join("\n")) {
          throw new Error("encrypted with another key or for another application or account");
        }
        return upstreamRecord.parse(JSON.parse(new TextDecoder().decode(plaintext)));
      } catch (cause) {
        throw new DecryptionFailedError("A vault record cannot be decrypted", { cause });
      }
    },
  };
}

function derived(secret: Secret, info: string, bytes: number): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret.reveal(), "", info, bytes));
}
