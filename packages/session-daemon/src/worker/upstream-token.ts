/** The Forgejo token of a worker. Times are milliseconds since the epoch. */
export interface UpstreamToken {
  readonly token: string;
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
}
