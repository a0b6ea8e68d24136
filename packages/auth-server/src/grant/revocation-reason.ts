/** Why a grant was revoked, for the audit log. */
export type RevocationReason =
  | "client_request"
  | "code_replay"
  | "refresh_replay"
  | "disconnected"
  | "upstream_invalid"
  /** The account had as many grants as it may have: this one was used least recently. */
  | "evicted";
