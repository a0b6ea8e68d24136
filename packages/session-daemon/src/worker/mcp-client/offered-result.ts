import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";

/** What a child says of itself, as its clients get it: a list that a client sees also changes with what its access allows. */
export function offeredResult(ofChild: InitializeResult): InitializeResult {
  const { tools, resources, prompts } = ofChild.capabilities;
  return {
    ...ofChild,
    capabilities: {
      ...ofChild.capabilities,
      ...(tools && { tools: { ...tools, listChanged: true } }),
      ...(resources && { resources: { ...resources, listChanged: true } }),
      ...(prompts && { prompts: { ...prompts, listChanged: true } }),
    },
  };
}
