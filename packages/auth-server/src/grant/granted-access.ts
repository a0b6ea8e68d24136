import type { Scope } from "@fjmcp/shared/oauth/mcp-resource";
import type { Toolset } from "@fjmcp/shared/oauth/toolsets";

/** What a user lets a client do: the Grant holds it, and every token of the grant gets it from there. */
export interface GrantedAccess {
  /** `forgejo:read`, and `forgejo:write` where the user granted it. */
  readonly scopes: readonly Scope[];
  /** At least one. */
  readonly toolsets: readonly Toolset[];
}
