import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { terminalClients } from "../../src/real-clients/client-commands.ts";
import type { StartClient } from "../../src/real-clients/client-driver.ts";
import { modelClient } from "./model-client.ts";

/** `gemini -p`, with a key for the Gemini API, and in a folder that it trusts. */
export function geminiCli(programs: string): StartClient {
  return modelClient(terminalClients["gemini-cli"], programs, {
    environment: (modelUrl) => ({
      GEMINI_API_KEY: "stand-in",
      GOOGLE_GEMINI_BASE_URL: modelUrl,
      GEMINI_MODEL: "stand-in",
    }),
    async prepare(home) {
      await mkdir(join(home, ".gemini"));
      await writeFile(join(home, ".gemini/settings.json"), JSON.stringify(configuration));
    },
    // Its transport copies a text in JSON to structuredContent, which it then requires to be an object.
    failsOnLists: true,
    ask: "gemini --yolo -p 'Use the tool.'",
  });
}

const configuration = {
  general: { enableAutoUpdate: false, enableAutoUpdateNotification: false },
  privacy: { usageStatisticsEnabled: false },
  security: { auth: { selectedType: "gemini-api-key" }, folderTrust: { enabled: false } },
};
