import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { terminalClients } from "../../src/real-clients/client-commands.ts";
import type { StartClient } from "../../src/real-clients/client-driver.ts";
import { modelClient } from "./model-client.ts";

/** `qwen PROMPT`, without its search for tools, so that the model sees them all. */
export function qwenCode(programs: string): StartClient {
  return modelClient(terminalClients["qwen-code"], programs, {
    environment: (modelUrl) => ({
      OPENAI_API_KEY: "stand-in",
      OPENAI_BASE_URL: `${modelUrl}/v1`,
      OPENAI_MODEL: "stand-in",
    }),
    configure,
    ask: "qwen --yolo 'Use the tool.'",
  });
}

async function configure(home: string): Promise<void> {
  const file = join(home, ".qwen/settings.json");
  const { mcpServers, ...others } = JSON.parse(await readFile(file, "utf8")) as Settings;
  const settings = {
    ...others,
    general: { enableAutoUpdate: false },
    privacy: { usageStatisticsEnabled: false },
    security: { auth: { selectedType: "openai" } },
    mcpServers: { forgejo: { ...mcpServers.forgejo, alwaysLoadTools: true } },
  };
  await writeFile(file, JSON.stringify(settings));
}

interface Settings {
  readonly mcpServers: { readonly forgejo: object };
}
