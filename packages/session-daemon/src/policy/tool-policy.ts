import { toolsets } from "@fjmcp/shared/oauth/toolsets";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import type { ChildTools } from "./child-tools.ts";
import type { DeniedArguments } from "./denied-arguments.ts";
import type { ListedUris } from "./listed-uris.ts";
import type { NamePatterns } from "./name-patterns.ts";
import { requestedSubject, type SubjectKind } from "./requested-subject.ts";
import { isUnlimited, type Narrowing, type ToolAccess } from "./tool-access.ts";
import type { ToolRejection } from "./tool-rejection.ts";
import { emptyTable, unknownTool, type ToolEntry, type ToolTable } from "./tool-table.ts";
import { toolsetBit, type ToolsetMask } from "./toolset-mask.ts";

interface ToolPolicyDeps {
  readonly child: ChildTools;
  /** The administrator's lists, of names of tools and prompts. An empty `allow` allows all. */
  readonly allow: NamePatterns;
  readonly deny: NamePatterns;
  /** The same lists, for resources. */
  readonly uris: ListedUris;
  readonly denied: DeniedArguments;
}

/**
 * Which tools, prompts and resources a request may use: those that the administrator's lists, the access of the token and
 * the client's own choice all allow. To get a prompt or a resource is to read. It is called for each request: a call of a
 * tool allocates nothing.
 */
export class ToolPolicy {
  readonly #deps: ToolPolicyDeps;
  readonly #hasLists: boolean;

  constructor(deps: ToolPolicyDeps) {
    this.#deps = deps;
    this.#hasLists = !deps.allow.isEmpty || !deps.deny.isEmpty;
  }

  /** The empty one until that of the child is known. */
  get table(): ToolTable {
    return this.#deps.child.table ?? emptyTable;
  }

  /** Whether it can decide for this access: one with limits needs the table of the child. */
  isReady(access: ToolAccess): boolean {
    return this.#deps.child.table !== undefined || isUnlimited(access);
  }

  /** The table's entry for the tool of a `tools/call`; `unknownTool` for a tool that it does not know. */
  toolOf({ params }: ClientRequest): ToolEntry {
    const name = params?.name;
    return typeof name === "string" ? this.table.tool(name) : unknownTool;
  }

  /** The class of a tool; undefined for one that the table does not know. */
  classOf(name: string): ToolEntry["class"] | undefined {
    return this.table.has(name) ? this.table.tool(name).class : undefined;
  }

  /** Why the request must not reach the child; undefined when it may. */
  rejection(access: ToolAccess, { method, params }: ClientRequest): ToolRejection | undefined {
    if (method === "tools/call" && typeof params?.name === "string" && params.name !== "") {
      return this.#rejectionOf(access, "tool", params.name) ?? deniedArgument(this.#deps.denied.find(params));
    }
    const subject = requestedSubject(method, params);
    if (subject === undefined) return undefined;
    if ("fault" in subject) return { kind: "invalid", message: subject.fault };
    const rejection = this.#rejectionOf(access, subject.kind, subject.id);
    return rejection ?? deniedArgument(this.#deps.denied.findInPrompt(params));
  }

  /** Whether a list shows it. */
  shows(access: ToolAccess, kind: SubjectKind, id: string): boolean {
    return this.#rejectionOf(access, kind, id) === undefined;
  }

  /** Whether lists of prompts and resources are complete for this access. */
  showsAll(access: ToolAccess): boolean {
    return !this.#hasLists && isUnlimited(access);
  }

  #rejectionOf(access: ToolAccess, kind: SubjectKind, id: string): ToolRejection | undefined {
    if (this.#hasLists && !this.#isListed(kind, id)) return { kind: "administrator" };
    const { table } = this;
    if (kind === "tool") {
      const tool = table.tool(id);
      return limit(access, tool.toolsetBit, tool.class !== "read");
    }
    return limit(access, kind === "prompt" ? table.promptToolsets(id) : table.resourceToolsets(id), false);
  }

  #isListed(kind: SubjectKind, id: string): boolean {
    const { allow, deny, uris } = this.#deps;
    if (kind === "resource") return uris.includes(id);
    return !deny.matches(id) && (allow.isEmpty || allow.matches(id));
  }
}

function deniedArgument(argument: string | undefined): ToolRejection | undefined {
  return argument === undefined ? undefined : { kind: "argument", argument };
}

/** What the access lacks of these toolsets and, if it `writes`, of writing. */
function limit(access: ToolAccess, needed: ToolsetMask, writes: boolean): ToolRejection | undefined {
  if ((access.toolsets & needed) === needed && (access.canWrite || !writes)) return undefined;
  const { narrowing } = access;
  const granted = narrowing?.granted ?? access;
  // First: neither another consent nor a step-up would change anything.
  if (narrowing !== undefined && excludes(narrowing, needed, writes)) return { kind: "narrowed" };
  const lacking = needed & ~granted.toolsets;
  if (lacking !== 0) {
    return { kind: "toolset", toolset: toolsets.find((each) => (toolsetBit(each) & lacking) !== 0)! };
  }
  return { kind: "scope", isStepUp: !granted.requestedWrite };
}

function excludes({ toolsets, isReadOnly }: Narrowing, needed: ToolsetMask, writes: boolean): boolean {
  return (needed & ~toolsets) !== 0 || (writes && isReadOnly);
}
