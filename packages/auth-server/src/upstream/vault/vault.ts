import type { AccountId } from "@fjmcp/shared/ids";
import type { AuditEvents } from "../../audit-events.ts";
import { retryWhileUnavailable } from "../../retry-while-unavailable.ts";
import type { ForgejoTokenSet } from "../forgejo/forgejo-token-set.ts";
import { DecryptionFailedError } from "../errors/decryption-failed-error.ts";
import { VaultKeyMissingError } from "../errors/vault-key-missing-error.ts";
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
  /** False when each record that can be decrypted at all needs the current key. */
  readonly mayNeedRenewal: boolean;
  /**
   * Encrypts the account's records with the current key, unless they are already, and deletes those of a key that is given
   * up. Rejects with VaultKeyMissingError or DecryptionFailedError for a record that it cannot decrypt, which stays as it is.
   */
  renewEncryption(account: AccountId): Promise<void>;
}

/**
 * The Forgejo tokens of one application for all accounts, encrypted in the store; everything that reads or writes tokens goes through it.
 * Rejects with StoreUnavailableError.
 */
export interface Vault extends VaultKeys {
  /**
   * Undefined when there is no record, or a broken one (which is logged). Rejects with VaultKeyMissingError (logged, too)
   * when the key of the record is not in the ring.
   */
  read(account: AccountId): Promise<VersionedRecord | undefined>;
  /** As `read`, for what does without a record: undefined as well when its key is not in the ring. */
  readIfKeyed(account: AccountId): Promise<VersionedRecord | undefined>;
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
  /** Deletes the record, whatever it is, and those that a refresh in flight stores meanwhile. */
  removeAny(account: AccountId): Promise<void>;
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
      if (error instanceof VaultKeyMissingError)
        events.vaultKeyMissing({ accountId: account, keyId: error.keyId, detail: error.message });
      if (!(error instanceof DecryptionFailedError)) throw error;
      events.vaultDecryptionFailed({ accountId: account, error });
      return undefined;
    }
  }

  async function readIfKeyed(account: AccountId): Promise<VersionedRecord | undefined> {
    try {
      return await read(account);
    } catch (error) {
      if (error instanceof VaultKeyMissingError) return undefined;
      throw error;
    }
  }

  return {
    read,
    readIfKeyed,
    mayNeedRenewal: cipher.mayNeedRenewal,

    async keyIdsOf(account) {
      const stored = await store.read(account);
      const keyId = stored === undefined ? undefined : cipher.keyIdOf(stored.ciphertext);
      return keyId === undefined ? [] : [keyId];
    },

    async renewEncryption(account) {
      const stored = await store.read(account);
      if (stored === undefined) return;
      const { ciphertext: version } = stored;
      const keyId = cipher.keyIdOf(version) ?? "";
      if (keyId === cipher.currentKeyId) return;
      // Nothing to do where one of these fails: the record was written anew meanwhile, with the current key.
      if (cipher.isDiscarded(keyId)) await store.remove(account, version);
      else
        await store.amend(
          account,
          version,
          await cipher.encrypt(account, await cipher.decrypt(account, version)),
        );
    },

    async storeLogin(account, tokens) {
      let replacesGrant = false;
      await retryWhileUnavailable(storeTimeoutMs, async () => {
        const previous = (await readIfKeyed(account))?.record;
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

    async removeAny(account) {
      for (let stored = await store.read(account); stored !== undefined; stored = await store.read(account))
        await store.remove(account, stored.ciphertext);
    },

    async removeUnused(account, tokens) {
      const versioned = await read(account);
      // Compared by the refresh token: two access tokens issued in the same second are equal.
      if (versioned?.record.refreshToken !== tokens.refreshToken) return;
      await store.removeUnused(account, versioned.version);
    },
  };
}
