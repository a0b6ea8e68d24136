/** The last good documents of clients, as JSON text by URL. Rejects with StoreUnavailableError. */
export interface ClientDocumentStore {
  find(url: string): Promise<string | undefined>;
  /** Keeps it for 90 days. */
  store(url: string, document: string): Promise<void>;
}
