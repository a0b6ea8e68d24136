import type { ChildTools } from "./child-tools.ts";
import { DeniedArguments } from "./denied-arguments.ts";
import { ListedUris } from "./listed-uris.ts";
import { NamePatterns } from "./name-patterns.ts";
import { ToolPolicy } from "./tool-policy.ts";

/** What the administrator has configured. */
interface ToolSettings {
  readonly tools: { readonly allow: readonly string[]; readonly deny: readonly string[] };
  readonly deniedArguments: readonly string[];
  /** Elements `tool.argument`. */
  readonly allowedArguments: readonly string[];
}

/** The policy for the child of these tools. */
export function createToolPolicy(child: ChildTools, settings: ToolSettings): ToolPolicy {
  const { tools, deniedArguments, allowedArguments } = settings;
  return new ToolPolicy({
    child,
    allow: new NamePatterns(tools.allow),
    deny: new NamePatterns(tools.deny),
    uris: new ListedUris(tools.allow, tools.deny),
    denied: new DeniedArguments(deniedArguments, allowedArguments),
  });
}
