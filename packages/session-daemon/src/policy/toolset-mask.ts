import { toolsets, type Toolset } from "@fjmcp/shared/oauth/toolsets";

/** A set of toolsets, one bit for each: compared on every call, and part of the keys of caches. */
export type ToolsetMask = number;

const bits: ReadonlyMap<string, ToolsetMask> = new Map(
  toolsets.map((toolset, index) => [toolset, 1 << index]),
);

export const allToolsets: ToolsetMask = (1 << toolsets.length) - 1;

/** 0 for a name that is no toolset's. */
export function toolsetBit(name: string): ToolsetMask {
  return bits.get(name) ?? 0;
}

export function toolsetMask(members: Iterable<Toolset>): ToolsetMask {
  let mask = 0;
  for (const toolset of members) mask |= toolsetBit(toolset);
  return mask;
}
