import type { AccountId } from "@fjmcp/shared/ids";
import type { TokenOrder } from "../forgejo/forgejo-token-set.ts";

/** What the store keeps of a record: it can not read `sealed`, and compares by the rest. */
export interface SealedRecord {
  /** Unique to each write, so that it also serves as the record's version. */
  readonly sealed: string;
  readonly order: TokenOrder;
  /** Seconds since the epoch: nothing is kept beyond it. */
  readonly keepUntilSec: number;
}

/** One record per account of one Forgejo app. Every write is one atomic step. */
export interface UpstreamRecordStore {
  /** The sealed record. */
  read(account: AccountId): Promise<string | undefined>;
  /**
   * Writes tokens that Forgejo gave out; false when the stored ones are newer. Within one `gnt` a lower `cnt` never
   * overwrites, nor at equal `cnt` an earlier `iat`; another `gnt` replaces. With `replacing`, only a stored record of
   * that `gnt` is overwritten and none is created, so that a late refresh neither undoes a newer login nor revives an
   * account that was disconnected. Without it, and while no grant of the account is alive, the record is kept for an hour
   * only, unless a token is stored meanwhile.
   */
  write(account: AccountId, record: SealedRecord, replacing?: TokenOrder["gnt"]): Promise<boolean>;
  /** Replaces `version` by another sealing of the same tokens; false when that is not what is stored. */
  amend(account: AccountId, version: string, sealed: string): Promise<boolean>;
  /** Deletes the record; false when `version` is not what is stored. */
  remove(account: AccountId, version: string): Promise<boolean>;
  /** Deletes the record unless a living grant of the account rests on it; false when `version` is not what is stored. */
  removeUnused(account: AccountId, version: string): Promise<boolean>;
  /**
   * True, and noted, when Forgejo was last asked about the user at least `everySec` ago. `nowSec` is in seconds since
   * the epoch. Over all processes only one caller gets true.
   */
  claimUserCheck(account: AccountId, nowSec: number, everySec: number): Promise<boolean>;
}
