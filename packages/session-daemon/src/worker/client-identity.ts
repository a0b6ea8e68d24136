/** What a client says of itself in `initialize`. */
export interface ClientIdentity {
  readonly protocolVersion: string;
  readonly capabilities: Readonly<Record<string, unknown>>;
  readonly clientInfo: unknown;
}
