/** Records under an id, whole. Rejects with StoreUnavailableError. */
export interface RecordStore {
  set(id: string, payload: string, expiresInSec: number): Promise<void>;
  find(id: string): Promise<string | undefined>;
  /** Lets the record live so many seconds from now at least; one that has no expiry keeps none. */
  keep(id: string, atLeastSec: number): Promise<void>;
  delete(id: string): Promise<void>;
}
