/** An argument of a tool that clients repeat in a header (MCP 2026-07-28, "x-mcp-header"). */
export interface ParamHeader {
  /** In lower case, with the prefix. */
  readonly name: string;
  /** The keys that lead to the argument. */
  readonly path: readonly string[];
  readonly type: "string" | "integer" | "boolean";
}
