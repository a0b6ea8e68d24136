/**
 * Why a grant was revoked, for the audit log, the metrics and the user. `disconnected`: by its user; `not_allowed`: the user is
 * no longer among those that may sign in; `administrator`: one of this server or of Forgejo ended it;
 * `application_removed`: the application in Forgejo that it rests on is configured no more; `evicted`: the account had as
 * many grants as it may have, and this one was used least recently.
 */
export const revocationReasons = [
  "client_request",
  "code_replay",
  "refresh_replay",
  "disconnected",
  "upstream_invalid",
  "not_allowed",
  "administrator",
  "application_removed",
  "evicted",
] as const;
export type RevocationReason = (typeof revocationReasons)[number];
