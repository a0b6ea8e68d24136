/** Opaque records by id. Rejects with StoreUnavailableError. */
export interface RecordStore {
  set(id: string, payload: string, expiresInSec: number): Promise<void>;
  find(id: string): Promise<string | undefined>;
  /** Shortens the life of a record to at most `expiresInSec`. */
  expire(id: string, expiresInSec: number): Promise<void>;
}
