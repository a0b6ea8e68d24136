import { scopes } from "@fjmcp/shared/oauth/mcp-resource";
import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import type { GrantedAccess } from "../grant/granted-access.ts";

/** An access in a few characters that a cookie can hold, such as `w_issues_code`; the same access gives the same text. */
export function formatAccess(access: GrantedAccess): string {
  const level = access.scopes.includes("forgejo:write") ? "w" : "r";
  return [level, ...toolsets.filter((toolset) => access.toolsets.includes(toolset))].join("_");
}

/** Reverses `formatAccess`; what it does not know is left out. */
export function parseAccess(text: string): GrantedAccess {
  const [level, ...names] = text.split("_");
  return {
    scopes: level === "w" ? [...scopes] : ["forgejo:read"],
    toolsets: toolsets.filter((toolset) => names.includes(toolset)),
  };
}
