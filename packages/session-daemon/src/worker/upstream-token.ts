/** The Forgejo token of a worker. Times are milliseconds since the epoch. */
export interface UpstreamToken {
  readonly token: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** The name of the grant's client, which is its own text. */
  readonly clientName?: string | undefined;
}
