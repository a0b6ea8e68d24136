import type { AccountId } from "@fjmcp/shared/ids";
import type { TokenOrder } from "../forgejo/forgejo-token-set.ts";

/** A record as it is stored. The store cannot decrypt it, and orders writes by the other members. */
export interface EncryptedRecord {
  /** Unique to each write, so it also serves as the record's version. */
  readonly ciphertext: string;
  readonly order: TokenOrder;
  /** When the tokens are to be refreshed, in seconds since the epoch. */
  readonly renewAtSec: number;
  /** Seconds since the epoch: the record expires then. */
  readonly keepUntilSec: number;
}

/** A record as it was read. */
interface StoredRecord {
  readonly ciphertext: string;
  /** When the last user check was claimed, in seconds since the epoch; 0 for never. */
  readonly checkedSec: number;
}

/**
 * One record per account of one Forgejo application. Every write is one atomic step. Rejects with
 * StoreUnavailableError.
 */
export interface UpstreamRecordStore {
  read(account: AccountId): Promise<StoredRecord | undefined>;
  /**
   * Writes tokens that Forgejo issued; false when the stored ones are newer. Within one `gnt` a lower `cnt` never
   * overwrites, nor at equal `cnt` an earlier `iat`; another `gnt` replaces. With `replacing`, only a stored record of
   * that `gnt` is overwritten and none is created: a late refresh neither undoes a newer login nor restores a
   * disconnected account. Without it, and while the account has no live grant, the record is kept for an hour only,
   * unless a token of a grant is stored meanwhile.
   */
  write(account: AccountId, record: EncryptedRecord, replacing?: TokenOrder["gnt"]): Promise<boolean>;
  /** Replaces `version` by another encryption of the same tokens; false when another version is stored. */
  amend(account: AccountId, version: string, ciphertext: string): Promise<boolean>;
  /** Deletes the record; false when another version is stored. */
  remove(account: AccountId, version: string): Promise<boolean>;
  /** Deletes the record; false when another version is stored or the account has a live grant, which needs it. */
  removeUnused(account: AccountId, version: string): Promise<boolean>;
  /**
   * True when the last claim is at least `everySec` old: the caller then checks the user at Forgejo, and the claim is
   * recorded. `nowSec` is in seconds since the epoch. Over all processes only one caller gets true.
   */
  claimUserCheck(account: AccountId, nowSec: number, everySec: number): Promise<boolean>;
  /** Clears the last claim: the next one gets true. */
  releaseUserCheck(account: AccountId): Promise<void>;
}
