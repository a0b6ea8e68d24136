import { toolNameFormat } from "@fjmcp/shared/ipc/grant-uses";

/** forgejo-mcp has 141. */
const maxNames = 10_000;

/** The names of the child's tools, as its lists have them. Bounded: a name of a client is never added. */
export class ToolNames {
  readonly #names = new Set<string>();

  /** To be called with the names of a child's list. */
  add(names: readonly string[]): void {
    for (const name of names) {
      if (toolNameFormat.test(name) && this.#names.size < maxNames) this.#names.add(name);
    }
  }

  /** The name in a `tools/call` when it is that of a tool; else undefined. */
  find(name: string | undefined): string | undefined {
    return name !== undefined && this.#names.has(name) ? name : undefined;
  }
}
