import type { Toolset } from "@fjmcp/shared/oauth/toolsets";

/** Why a request is not forwarded to the child. */
export type ToolRejection =
  /** The request names nothing; `message` says what it lacks. */
  | { readonly kind: "invalid"; readonly message: string }
  /** An argument that the administrator denies. */
  | { readonly kind: "argument"; readonly argument: string }
  /** The administrator's lists. */
  | { readonly kind: "administrator" }
  /** The grant lacks the toolset. */
  | { readonly kind: "toolset"; readonly toolset: Toolset }
  /** The grant does not include writing; `isStepUp`: the client has not even requested it. */
  | { readonly kind: "scope"; readonly isStepUp: boolean }
  /** The client's own choice for this request. */
  | { readonly kind: "narrowed" };
