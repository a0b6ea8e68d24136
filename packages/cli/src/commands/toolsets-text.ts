import { defaultToolsets, toolsets, type Toolset } from "@fjmcp/shared/oauth/toolsets";

/** Toolsets in a table: `default` and `all` stand for long lists. */
export function toolsetsText(some: readonly Toolset[]): string {
  if (some.length === toolsets.length) return "all";
  const isDefault =
    some.length === defaultToolsets.length && some.every((one) => defaultToolsets.includes(one));
  return isDefault ? "default" : some.join(" ");
}
