import { appendFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { terminalClients } from "../../src/real-clients/client-commands.ts";
import type { StartClient } from "../../src/real-clients/client-driver.ts";
import { modelClient } from "./model-client.ts";

/** `codex exec`, which waits for the server because its configuration requires it. */
export function codex(programs: string): StartClient {
  return modelClient(terminalClients.codex, programs, {
    environment: () => ({ STAND_IN_KEY: "stand-in" }),
    async prepare(home, modelUrl) {
      await mkdir(join(home, ".codex"));
      await writeFile(join(home, ".codex/config.toml"), configuration(modelUrl));
    },
    configure: (home) => appendFile(join(home, ".codex/config.toml"), "required = true\n"),
    ask: "codex exec --skip-git-repo-check --dangerously-bypass-approvals-and-sandbox 'Use the tool.'",
  });
}

function configuration(modelUrl: string): string {
  return `model = "stand-in"
model_provider = "stand-in"
mcp_oauth_credentials_store = "file"
check_for_update_on_startup = false

[analytics]
enabled = false

[model_providers.stand-in]
name = "Stand-in"
base_url = "${modelUrl}/v1"
wire_api = "responses"
env_key = "STAND_IN_KEY"
request_max_retries = 0
stream_max_retries = 0
`;
}
