import { displayText } from "@fjmcp/shared/display-text";
import { configuredTable, tableOfServer } from "./known-tables.ts";
import { emptyTable, type ToolTable } from "./tool-table.ts";

/** A tool's name in a log or a finding is cut there. */
const maxNameLength = 80;
const maxNamedTools = 1_000;

/** A child's tools beside the table that is used for it. */
export interface ComparedTools {
  /** The table's name, `none` for a child without one. */
  readonly table: string;
  /** The version of the child with which the table was made. */
  readonly madeWith?: string | undefined;
  readonly tools: number;
  /** The tools that the table does not know, fit for display. */
  readonly unknown: readonly string[];
}

/**
 * The tool table that is used for the child: the configured one, else that of the name by which a worker's child calls
 * itself, from the first handshake on.
 */
export class ChildTools {
  readonly #isConfigured: boolean;
  readonly #onUnknown: (compared: ComparedTools) => void;
  readonly #named = new Set<string>();
  #table: ToolTable | undefined;

  /**
   * `setting` as `configuredTable` reads it. `onUnknown` is called with the tools that the table does not know, once for
   * each of them, until there were 1,000.
   */
  constructor(setting: string, onUnknown: (compared: ComparedTools) => void) {
    this.#table = configuredTable(setting);
    this.#isConfigured = this.#table !== undefined;
    this.#onUnknown = onUnknown;
  }

  /** Undefined until a worker has started, unless it is configured. */
  get table(): ToolTable | undefined {
    return this.#table;
  }

  /** Whether it is known, and not the empty one. */
  get hasTable(): boolean {
    return this.#table !== undefined && this.#table !== emptyTable;
  }

  /** To be called after the handshake of each worker, before its first call. */
  chooseTable(serverName: string): void {
    if (!this.#isConfigured) this.#table = tableOfServer(serverName);
  }

  /** To be called with what the child of a worker lists: all of it, or a page. */
  reportUnknown(tools: readonly string[]): void {
    if (this.#named.size >= maxNamedTools) return;
    const compared = this.compare(tools);
    const unknown = compared.unknown.filter((tool) => !this.#named.has(tool));
    if (unknown.length === 0) return;
    for (const tool of unknown) if (this.#named.size < maxNamedTools) this.#named.add(tool);
    this.#onUnknown({ ...compared, unknown });
  }

  /** Compares a list with the table. Without one, nothing is known. */
  compare(tools: readonly string[]): ComparedTools {
    const table = this.#table;
    const unknown = tools.filter((tool) => table?.has(tool) !== true);
    return {
      table: table?.name ?? "none",
      madeWith: table?.version,
      tools: tools.length,
      unknown: unknown.map((tool) => displayText(tool, maxNameLength)),
    };
  }
}
