import type { Hash } from "@fjmcp/shared/ids";

/** The records by which a request is authenticated. */
export interface AuthRecords {
  /** Whether the authentication cache is cleared on every change to what is read from now on. */
  readonly invalidatesCache: boolean;
  /**
   * The stored text of the token's and the session's record, both in one round trip; undefined where there is none.
   * Rejects with StoreUnavailableError.
   */
  read(
    token: Hash,
    session: Hash | undefined,
  ): Promise<{ token: string | undefined; session: string | undefined }>;
}
