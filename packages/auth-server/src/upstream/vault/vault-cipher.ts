import { hkdfSync } from "node:crypto";
import type { AccountId } from "@fjmcp/shared/ids";
import type { Secret } from "@fjmcp/shared/config/secret";
import { CompactEncrypt, compactDecrypt } from "jose";
import { DecryptionFailedError } from "../errors/decryption-failed-error.ts";
import { upstreamRecord, type UpstreamRecord } from "./upstream-record.ts";

/** Encrypts vault records: JWE, `dir` with A256GCM (RFC 7516, RFC 7518 §4.5 and §5.3). */
export interface VaultCipher {
  seal(account: AccountId, record: UpstreamRecord): Promise<string>;
  /** Rejects with DecryptionFailedError unless it was sealed with this key for this app and account. */
  open(account: AccountId, sealed: string): Promise<UpstreamRecord>;
}

/** Names a vault key and says nothing about it. */
export function vaultKeyId(vaultKey: Secret): string {
  return Buffer.from(derived(vaultKey, "fjmcp vault key id", 8)).toString("hex");
}

/**
 * `vaultKey` is any text of high entropy; the key proper and its id are derived from it (HKDF-SHA-256, RFC 5869). `app`
 * is the client id at Forgejo.
 */
export function createVaultCipher(vaultKey: Secret, app: string): VaultCipher {
  const key = derived(vaultKey, "fjmcp vault key", 32);
  const kid = vaultKeyId(vaultKey);

  return {
    seal(account, record) {
      return new CompactEncrypt(new TextEncoder().encode(JSON.stringify(record)))
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid, app, account })
        .encrypt(key);
    },

    async open(account, sealed) {
      try {
        const { plaintext, protectedHeader } = await compactDecrypt(sealed, key, {
          keyManagementAlgorithms: ["dir"],
          contentEncryptionAlgorithms: ["A256GCM"],
        });
        const said = [protectedHeader.kid, protectedHeader["app"], protectedHeader["account"]];
        if (said.join("\n") !== [kid, app, account].join("\n")) throw new Error("sealed for something else");
        return upstreamRecord.parse(JSON.parse(new TextDecoder().decode(plaintext)));
      } catch (cause) {
        throw new DecryptionFailedError("A vault record can not be opened", { cause });
      }
    },
  };
}

function derived(secret: Secret, info: string, bytes: number): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", secret.reveal(), "", info, bytes));
}
