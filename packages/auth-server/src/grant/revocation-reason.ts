/** Why a grant was revoked, for the audit log. */
export type RevocationReason =
  | "client_request"
  | "code_replay"
  | "refresh_replay"
  | "disconnected"
  | "upstream_invalid"
  /** An administrator ended the user's or the client's access. */
  | "administrator"
  /** The account had as many grants as it may have: this one was used least recently. */
  | "evicted";
