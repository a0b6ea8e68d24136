import type { AccountId } from "@fjmcp/shared/ids";
import type { AuditEvents } from "../../audit-events.ts";
import { retryWhileUnavailable } from "../../retry-while-unavailable.ts";
import type { ForgejoTokenSet } from "../forgejo/forgejo-token-set.ts";
import { DecryptionFailedError } from "../errors/decryption-failed-error.ts";
import type { EncryptedRecord, UpstreamRecordStore } from "./upstream-record-store.ts";
import { halfLifeSec, type UpstreamRecord } from "./upstream-record.ts";
import type { VaultCipher } from "./vault-cipher.ts";

/** How long storing new tokens is retried while Redis is unavailable: Forgejo has already revoked the previous ones. */
const storeTimeoutMs = 30_000;

/** A record as it was read, with the version that a conditional write compares. */
export interface VersionedRecord {
  readonly record: UpstreamRecord;
  readonly version: string;
  /** When the last check of the user was claimed, in seconds since the epoch; 0 for never. */
  readonly checkedSec: number;
}

/** The keys of the records. Rejects with StoreUnavailableError. */
export interface VaultKeys {
  /** The ids of the keys that the account's records need, one for each record. */
  keyIdsOf(account: AccountId): Promise<string[]>;
  /** Encrypts the account's records with the current key, unless they are already. */
  renewEncryption(account: AccountId): Promise<void>;
}

/**
 * The Forgejo tokens of one application for all accounts, encrypted in the store; everything that reads or writes tokens goes through it.
 * Rejects with StoreUnavailableError.
 */
export interface Vault extends VaultKeys {
  /** Undefined when there is no record, or none that this key can decrypt (which is logged). */
  read(account: AccountId): Promise<VersionedRecord | undefined>;
  /**
   * Stores the tokens of a code exchange unless newer ones are stored. Retries for up to 30 s while Redis is away. True
   * when they replace those of another grant at Forgejo: its access tokens are invalid by now.
   */
  storeLogin(account: AccountId, tokens: ForgejoTokenSet): Promise<boolean>;
  /**
   * Stores the tokens of a refresh of `versioned` unless newer ones or those of another login are stored, or the record
   * was deleted. Retries for up to 30 s while Redis is away.
   */
  storeRefreshed(account: AccountId, versioned: VersionedRecord, tokens: ForgejoTokenSet): Promise<void>;
  /** Adds what Forgejo reported about the tokens of `accessToken`; does nothing when others are stored by now. */
  addDetails(
    account: AccountId,
    accessToken: string,
    details: { scope?: string; login?: string },
  ): Promise<void>;
  /** Deletes the record; false when it has changed since it was read. */
  remove(account: AccountId, versioned: VersionedRecord): Promise<boolean>;
  /** Deletes the record of these tokens; does nothing when others are stored by now or a live grant needs them. */
  removeUnused(account: AccountId, tokens: ForgejoTokenSet): Promise<void>;
}

export function createVault(store: UpstreamRecordStore, cipher: VaultCipher, events: AuditEvents): Vault {
  async function encrypted(account: AccountId, record: UpstreamRecord): Promise<EncryptedRecord> {
    return {
      ciphertext: await cipher.encrypt(account, record),
      order: record.order,
      renewAtSec: halfLifeSec(record),
      keepUntilSec: Math.max(record.refreshExpiresAtSec, record.expiresAtSec),
    };
  }

  async function read(account: AccountId): Promise<VersionedRecord | undefined> {
    const stored = await store.read(account);
    if (stored === undefined) return undefined;
    const { ciphertext, checkedSec } = stored;
    try {
      return { record: await cipher.decrypt(account, ciphertext), version: ciphertext, checkedSec };
    } catch (error) {
      if (!(error instanceof DecryptionFailedError)) throw error;
      events.vaultDecryptionFailed({ accountId: account, error });
      return undefined;
    }
  }

  async function keyIdOf(account: AccountId): Promise<string | undefined> {
    const stored = await store.read(account);
    return stored === undefined ? undefined : cipher.keyIdOf(stored.ciphertext);
  }

  return {
    read,
    async keyIdsOf(account) {
      const keyId = await keyIdOf(account);
      return keyId === undefined ? [] : [keyId];
    },

    async renewEncryption(account) {
      const keyId = await keyIdOf(account);
      if (keyId === undefined || keyId === cipher.currentKeyId) return;
      const versioned = await read(account);
      if (versioned === undefined) return;
      // Nothing to do where it fails: the record was written anew meanwhile, with the current key.
      await store.amend(account, versioned.version, await cipher.encrypt(account, versioned.record));
    },

    async storeLogin(account, tokens) {
      let replacesGrant = false;
      await retryWhileUnavailable(storeTimeoutMs, async () => {
        const previous = (await read(account))?.record;
        // Kept when a write that seemed to fail is repeated: it may have been applied.
        replacesGrant ||= previous !== undefined && previous.order.gnt !== tokens.order.gnt;
        // The scope belongs to Forgejo's grant: the introspected one holds as long as the grant is the same.
        const scope = previous?.order.gnt === tokens.order.gnt ? previous.scope : undefined;
        const record = { ...tokens, scope, login: previous?.login };
        await store.write(account, await encrypted(account, record));
      });
      return replacesGrant;
    },

    async storeRefreshed(account, versioned, tokens) {
      const { scope, login, order } = versioned.record;
      const record = await encrypted(account, { ...tokens, scope, login });
      await retryWhileUnavailable(storeTimeoutMs, () => store.write(account, record, order.gnt));
    },

    async addDetails(account, accessToken, details) {
      for (;;) {
        const versioned = await read(account);
        if (versioned?.record.accessToken !== accessToken) return;
        const { ciphertext } = await encrypted(account, { ...versioned.record, ...details });
        if (await store.amend(account, versioned.version, ciphertext)) return;
      }
    },

    remove: (account, versioned) => store.remove(account, versioned.version),

    async removeUnused(account, tokens) {
      const versioned = await read(account);
      // Compared by the refresh token: two access tokens issued in the same second are equal.
      if (versioned?.record.refreshToken !== tokens.refreshToken) return;
      await store.removeUnused(account, versioned.version);
    },
  };
}
