/** How a login ends for the browser. It is stored as JSON. */
export type LoginOutcome =
  | { readonly kind: "redirect"; readonly location: string }
  /** This browser has no such login pending: nothing was changed, and the client gets no response. */
  | { readonly kind: "no_pending_login"; readonly detail: string }
  | { readonly kind: "insufficient_scope"; readonly missing: readonly string[]; readonly uid: string };
