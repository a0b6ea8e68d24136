/** The levels of MCP log messages, the most verbose first (MCP 2025-11-25, "Log Levels"; RFC 5424 §6.2.1). */
export const mcpLogLevels = [
  "debug",
  "info",
  "notice",
  "warning",
  "error",
  "critical",
  "alert",
  "emergency",
] as const;
export type McpLogLevel = (typeof mcpLogLevels)[number];

export function isMcpLogLevel(value: unknown): value is McpLogLevel {
  return (mcpLogLevels as readonly unknown[]).includes(value);
}

/** What a client reads that sets another level. */
export const invalidLogLevel = `"level" must be one of ${mcpLogLevels.join(", ")}.`;

/** Whether a message of `level` passes a filter that lets through `least` and what is more severe. */
export function isAtLeast(level: McpLogLevel, least: McpLogLevel): boolean {
  return mcpLogLevels.indexOf(level) >= mcpLogLevels.indexOf(least);
}
