import { isJsonObject } from "../jsonrpc/lossless-json.ts";
import type { SubjectKind } from "./requested-subject.ts";
import type { ToolAccess } from "./tool-access.ts";
import type { ToolPolicy } from "./tool-policy.ts";
import type { ToolEntry } from "./tool-table.ts";

type JsonObject = Record<string, unknown>;

/** The lists of a child: the member of the result, and what identifies its items. */
const lists = {
  "tools/list": { member: "tools", kind: "tool", key: "name" },
  "prompts/list": { member: "prompts", kind: "prompt", key: "name" },
  "resources/list": { member: "resources", kind: "resource", key: "uri" },
  "resources/templates/list": { member: "resourceTemplates", kind: "resource", key: "uriTemplate" },
} as const satisfies Record<string, { member: string; kind: SubjectKind; key: string }>;

export type ListMethod = keyof typeof lists;

export function isListMethod(method: string): method is ListMethod {
  return Object.hasOwn(lists, method);
}

/**
 * A page of a list as this access may see it: what it may not use is left out, tools get titles and annotations from the
 * table. Order and all other members stay. An item without a name or URI is left out, and a tool that runs only as a task
 * (2025-11-25, Tasks), which the broker does not offer.
 */
export function filterList(
  policy: ToolPolicy,
  access: ToolAccess,
  method: ListMethod,
  result: JsonObject,
): JsonObject {
  const { member, kind, key } = lists[method];
  const items: readonly unknown[] = Array.isArray(result[member]) ? (result[member] as unknown[]) : [];
  const shown = items.filter(
    (item): item is JsonObject =>
      isJsonObject(item) &&
      typeof item[key] === "string" &&
      !needsTask(item) &&
      policy.shows(access, kind, item[key]),
  );
  const { table } = policy;
  return {
    ...result,
    [member]: kind === "tool" ? shown.map((tool) => describe(tool, table.tool(tool.name as string))) : shown,
  };
}

function needsTask({ execution }: JsonObject): boolean {
  return isJsonObject(execution) && execution.taskSupport === "required";
}

/** The tool with the annotations of its entry (MCP, "ToolAnnotations"). An unknown tool keeps its own title. */
function describe(tool: JsonObject, entry: ToolEntry): JsonObject {
  const title = entry.name === undefined ? {} : { title: entry.title };
  return {
    ...tool,
    ...title,
    annotations: {
      ...(isJsonObject(tool.annotations) ? tool.annotations : {}),
      ...title,
      readOnlyHint: entry.class === "read",
      destructiveHint: entry.class === "destructive",
      idempotentHint: entry.idempotent,
    },
  };
}
