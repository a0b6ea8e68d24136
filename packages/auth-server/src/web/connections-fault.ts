/**
 * Why a page or a form about connections is rejected. `misconfigured`: Forgejo rejects this server, for an administrator to
 * mend; `form_used`: the form for a new personal token was sent before.
 */
export type ConnectionsFault =
  | "not_found"
  | "not_administrator"
  | "unavailable"
  | "misconfigured"
  | "other_site"
  | "no_cookie"
  | "wrong_token"
  | "form_used";
