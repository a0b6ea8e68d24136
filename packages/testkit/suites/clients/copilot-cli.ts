import { terminalClients } from "../../src/real-clients/client-commands.ts";
import type { StartClient } from "../../src/real-clients/client-driver.ts";
import { modelClient } from "./model-client.ts";

/** `copilot -p`, without an account at GitHub: it goes offline, and has a model of its user's. */
export function copilotCli(programs: string): StartClient {
  return modelClient(terminalClients["copilot-cli"], programs, {
    environment: (modelUrl) => ({
      COPILOT_OFFLINE: "true",
      COPILOT_PROVIDER_BASE_URL: `${modelUrl}/v1`,
      COPILOT_PROVIDER_API_KEY: "stand-in",
      COPILOT_MODEL: "stand-in",
    }),
    ask: "copilot --silent --allow-all-tools -p 'Use the tool.'",
    rejection: /requires authentication/,
    // It connects to the server while the model thinks.
    thinkingMs: 3000,
  });
}
