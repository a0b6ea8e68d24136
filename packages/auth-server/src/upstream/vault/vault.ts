import type { AccountId } from "@fjmcp/shared/ids";
import type { AuditEvents } from "../../audit-events.ts";
import { retryWhileUnavailable } from "../../retry-while-unavailable.ts";
import type { ForgejoTokenSet } from "../forgejo/forgejo-token-set.ts";
import { DecryptionFailedError } from "../errors/decryption-failed-error.ts";
import type { SealedRecord, UpstreamRecordStore } from "./upstream-record-store.ts";
import type { UpstreamRecord } from "./upstream-record.ts";
import type { VaultCipher } from "./vault-cipher.ts";

/** How long new tokens wait for a store that is away: Forgejo has killed the ones before them. */
const storingPatienceMs = 30_000;

/** A record as it was read. */
export interface VersionedRecord {
  readonly record: UpstreamRecord;
  readonly version: string;
}

/** The sealed records in their store: who reads or writes tokens does it here. */
export interface Vault {
  /** Undefined when there is none, or none that this key can open (which is logged). */
  read(account: AccountId): Promise<VersionedRecord | undefined>;
  /** Stores what a code exchange gave; newer tokens stay. Waits up to 30 s for a store that is away. */
  storeLogin(account: AccountId, tokens: ForgejoTokenSet): Promise<void>;
  /** Stores what refreshing `held` gave; newer tokens, a newer login and a deleted record stay as they are. Waits as well. */
  storeRefreshed(account: AccountId, held: VersionedRecord, tokens: ForgejoTokenSet): Promise<void>;
  /** Notes what was learnt about the tokens that `accessToken` is one of; nothing happens if others are stored by now. */
  note(account: AccountId, accessToken: string, learnt: { scope?: string; login?: string }): Promise<void>;
  /** Deletes the record if it is still the one held. */
  remove(account: AccountId, held: VersionedRecord): Promise<boolean>;
  /** Deletes the record that holds these tokens; nothing happens if others are stored by now or a grant rests on it. */
  removeUnused(account: AccountId, tokens: ForgejoTokenSet): Promise<void>;
}

export function createVault(store: UpstreamRecordStore, seal: VaultCipher, events: AuditEvents): Vault {
  async function sealed(account: AccountId, record: UpstreamRecord): Promise<SealedRecord> {
    return {
      sealed: await seal.seal(account, record),
      order: record.order,
      keepUntilSec: Math.max(record.refreshExpiresAtSec, record.expiresAtSec),
    };
  }

  async function read(account: AccountId): Promise<VersionedRecord | undefined> {
    const version = await store.read(account);
    if (version === undefined) return undefined;
    try {
      return { record: await seal.open(account, version), version };
    } catch (error) {
      if (!(error instanceof DecryptionFailedError)) throw error;
      events.vaultDecryptionFailed({ accountId: account, error });
      return undefined;
    }
  }

  return {
    read,

    async storeLogin(account, tokens) {
      await retryWhileUnavailable(storingPatienceMs, async () => {
        const previous = (await read(account))?.record;
        // The scope belongs to Forgejo's grant: while that is the same, what was found out about it still holds.
        const scope = previous?.order.gnt === tokens.order.gnt ? previous.scope : undefined;
        const record = { ...tokens, scope, login: previous?.login };
        await store.write(account, await sealed(account, record));
      });
    },

    async storeRefreshed(account, held, tokens) {
      const { scope, login } = held.record;
      const record = await sealed(account, { ...tokens, scope, login });
      await retryWhileUnavailable(storingPatienceMs, () =>
        store.write(account, record, held.record.order.gnt),
      );
    },

    async note(account, accessToken, learnt) {
      for (;;) {
        const held = await read(account);
        if (held?.record.accessToken !== accessToken) return;
        const { sealed: next } = await sealed(account, { ...held.record, ...learnt });
        if (await store.amend(account, held.version, next)) return;
      }
    },

    remove: (account, held) => store.remove(account, held.version),

    async removeUnused(account, tokens) {
      const held = await read(account);
      // Not by the access token: two of the same second are the same.
      if (held?.record.refreshToken === tokens.refreshToken) await store.removeUnused(account, held.version);
    },
  };
}
