import { terminalClients } from "../../src/real-clients/client-commands.ts";
import type { StartClient } from "../../src/real-clients/client-driver.ts";
import { modelClient } from "./model-client.ts";

/** `claude -p`, without its search for tools, so that the model sees them all. */
export function claudeCode(programs: string): StartClient {
  return modelClient(terminalClients["claude-code"], programs, {
    environment: (modelUrl) => ({
      ANTHROPIC_BASE_URL: modelUrl,
      ANTHROPIC_API_KEY: "stand-in",
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: "1",
      DISABLE_AUTOUPDATER: "1",
      DISABLE_TELEMETRY: "1",
      DISABLE_ERROR_REPORTING: "1",
      ENABLE_TOOL_SEARCH: "false",
      // Otherwise it starts without the tools where the machine is slow.
      MCP_CONNECTION_NONBLOCKING: "false",
      MCP_CONNECT_TIMEOUT_MS: "60000",
    }),
    ask: "claude -p --allowedTools mcp__forgejo -- 'Use the tool.'",
  });
}
