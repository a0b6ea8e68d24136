import { toolsetSchema } from "@fjmcp/shared/oauth/toolsets";
import { z } from "zod";
import { toolsetBit, type ToolsetMask } from "./toolset-mask.ts";

/** `write` adds something; `destructive` may overwrite or remove something. */
const toolClass = z.enum(["read", "write", "destructive"]);

const toolSchema = z.strictObject({
  class: toolClass,
  toolset: toolsetSchema,
  /** A second call with the same arguments changes nothing more. */
  idempotent: z.boolean(),
  /** The tool's name as clients show it. */
  title: z.string().min(1).max(100),
});

/** The file of a tool table: what the broker knows of the tools, resources and prompts of one child. */
export const toolTableFile = z.strictObject({
  /** The version of the child with which the table was made. */
  version: z.string(),
  /** The names by which the child calls itself (`serverInfo.name`). */
  serverNames: z.array(z.string().min(1)).min(1),
  /** The toolset of each resource, by a pattern of its URI: `*` stands for one part of a path, a final `**` for all that follows. */
  resources: z.record(z.string().min(1), toolsetSchema).default({}),
  prompts: z.record(z.string().min(1), toolsetSchema).default({}),
  tools: z.record(z.string().min(1), toolSchema),
});
export type ToolTableFile = z.infer<typeof toolTableFile>;

export interface ToolEntry extends z.infer<typeof toolSchema> {
  /** Undefined for a tool that the table does not know. */
  readonly name: string | undefined;
  readonly toolsetBit: ToolsetMask;
}

const unknownEntry = { class: "destructive", toolset: "other", idempotent: false, title: "" } as const;

/** Every tool that a table does not know. */
export const unknownTool: ToolEntry = { ...unknownEntry, name: undefined, toolsetBit: toolsetBit("other") };

/** The tool table of one child. Names and URIs match exactly; whatever it does not know is of the toolset `other`. */
export class ToolTable {
  readonly name: string;
  /** Of the child with which it was made; undefined for the table of a child that has none. */
  readonly version: string | undefined;
  readonly #tools: ReadonlyMap<string, ToolEntry>;
  readonly #prompts: ReadonlyMap<string, ToolsetMask>;
  readonly #resources: readonly { readonly pattern: RegExp; readonly toolsetBit: ToolsetMask }[];

  constructor(
    name: string,
    file: Pick<ToolTableFile, "tools" | "resources" | "prompts"> & Partial<Pick<ToolTableFile, "version">>,
  ) {
    this.name = name;
    this.version = file.version;
    this.#tools = new Map(
      Object.entries(file.tools).map(([tool, entry]) => [
        tool,
        { ...entry, name: tool, toolsetBit: toolsetBit(entry.toolset) },
      ]),
    );
    this.#prompts = new Map(
      Object.entries(file.prompts).map(([prompt, toolset]) => [prompt, toolsetBit(toolset)]),
    );
    this.#resources = Object.entries(file.resources).map(([pattern, toolset]) => ({
      pattern: uriPattern(pattern),
      toolsetBit: toolsetBit(toolset),
    }));
  }

  get size(): number {
    return this.#tools.size;
  }

  has(tool: string): boolean {
    return this.#tools.has(tool);
  }

  tool(name: string): ToolEntry {
    return this.#tools.get(name) ?? unknownTool;
  }

  /** The toolset that a prompt needs. */
  promptToolsets(name: string): ToolsetMask {
    return this.#prompts.get(name) ?? unknownTool.toolsetBit;
  }

  /** The toolsets that a resource or a resource template needs: those of all patterns that match its URI. */
  resourceToolsets(uri: string): ToolsetMask {
    let mask = 0;
    for (const { pattern, toolsetBit: bit } of this.#resources) if (pattern.test(uri)) mask |= bit;
    return mask === 0 ? unknownTool.toolsetBit : mask;
  }
}

/** The table of a child that has none. */
export const emptyTable = new ToolTable("none", { tools: {}, resources: {}, prompts: {} });

/** Without backtracking: each `*` ends at a delimiter, and only a final `**` goes beyond one. */
function uriPattern(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&")
    .replace(/\*\*$/, "[\\s\\S]{0,}")
    .replaceAll("*", "[^/?#]+");
  return new RegExp(`^${source}$`);
}
