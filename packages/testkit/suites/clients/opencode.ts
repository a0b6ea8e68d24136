import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { terminalClients } from "../../src/real-clients/client-commands.ts";
import type { StartClient } from "../../src/real-clients/client-driver.ts";
import { modelClient } from "./model-client.ts";

/** `opencode run`. */
export function opencode(programs: string): StartClient {
  return modelClient(terminalClients.opencode, programs, {
    environment: () => ({
      OPENCODE_DISABLE_AUTOUPDATE: "1",
      OPENCODE_DISABLE_LSP_DOWNLOAD: "1",
      OPENCODE_DISABLE_MODELS_FETCH: "1",
      OPENCODE_DISABLE_DEFAULT_PLUGINS: "1",
    }),
    async prepare(home, modelUrl) {
      const folder = join(home, ".config/opencode");
      await mkdir(folder, { recursive: true });
      await writeFile(join(folder, "opencode.json"), JSON.stringify(configuration(modelUrl)));
    },
    ask: "opencode run --auto 'Use the tool.'",
  });
}

function configuration(modelUrl: string) {
  return {
    $schema: "https://opencode.ai/config.json",
    autoupdate: false,
    share: "disabled",
    model: "stand-in/stand-in",
    enabled_providers: ["stand-in"],
    provider: {
      "stand-in": {
        npm: "@ai-sdk/openai-compatible",
        name: "Stand-in",
        options: { baseURL: `${modelUrl}/v1`, apiKey: "stand-in" },
        models: { "stand-in": { name: "Stand-in", tool_call: true } },
      },
    },
  };
}
