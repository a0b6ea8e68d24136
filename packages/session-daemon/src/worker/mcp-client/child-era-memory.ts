import type { Era } from "../../protocol-versions.ts";

/**
 * What the child of one configuration turned out to speak. Kept over all its workers, so that only the first one is asked
 * (MCP 2026-07-28, "Backward Compatibility with Initialization-Based Versions"); docs/adr/0016 describes it.
 */
export class ChildEraMemory {
  #era: Era | undefined;

  /** Undefined: the next child is asked. */
  get era(): Era | undefined {
    return this.#era;
  }

  set(era: Era): void {
    this.#era = era;
  }
}
