/** `decided`: the user has allowed or denied, or the login has failed. */
interface InteractionRecord {
  readonly phase: "pending" | "decided";
  readonly payload: string;
  readonly expiresInSec: number;
}

/** Opaque records of interactions by id. Rejects with StoreUnavailableError. */
export interface InteractionStore {
  /**
   * Over all processes, the first record with the phase `decided` stays: nothing is stored after it. Resolves with whether
   * this record is stored.
   */
  set(id: string, record: InteractionRecord): Promise<boolean>;
  find(id: string): Promise<string | undefined>;
  /** Shortens the life of a record to at most `expiresInSec`. */
  expire(id: string, expiresInSec: number): Promise<void>;
}
