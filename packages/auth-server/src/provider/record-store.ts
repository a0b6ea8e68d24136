/** Opaque records by id. Rejects with StoreUnavailableError. */
export interface RecordStore {
  set(id: string, payload: string, expiresInSec: number): Promise<void>;
  find(id: string): Promise<string | undefined>;
  delete(id: string): Promise<void>;
}
