/** Opaque records by id. Rejects with StoreUnavailableError. */
export interface RecordStore {
  set(id: string, payload: string, expiresInSec: number): Promise<void>;
  find(id: string): Promise<string | undefined>;
  /** Extends the record's life to at least `atLeastSec` from now; a record without an expiry gets none. */
  keep(id: string, atLeastSec: number): Promise<void>;
  delete(id: string): Promise<void>;
}
