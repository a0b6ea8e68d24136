import t from "tap";
import { driveClients } from "../../src/real-clients/client-events.ts";
import { inspectorWebPage, terminalClients } from "../../src/real-clients/client-commands.ts";
import type { ClientDriver, StartClient } from "../../src/real-clients/client-driver.ts";
import { claudeCode } from "./claude-code.ts";
import { codex } from "./codex.ts";
import { copilotCli } from "./copilot-cli.ts";
import { geminiCli } from "./gemini-cli.ts";
import { inspectorWeb } from "./inspector-web.ts";
import { installClient } from "./install-client.ts";
import { mcporter } from "./mcporter.ts";
import { opencode } from "./opencode.ts";
import { qwenCode } from "./qwen-code.ts";

// Clients as people install them go through the events one after the other.

const clients = { ...terminalClients, inspector: inspectorWebPage };
type DrivenClientId = keyof typeof clients;

const starts: Readonly<Record<DrivenClientId, (programs: string) => StartClient>> = {
  "claude-code": claudeCode,
  codex,
  "copilot-cli": copilotCli,
  "gemini-cli": geminiCli,
  inspector: inspectorWeb,
  mcporter,
  opencode,
  "qwen-code": qwenCode,
};

/** FJMCP_TEST_CLIENTS=claude-code,codex@0.169.0: the clients that run, with their versions. Default: all, the latest. */
const chosen = (process.env.FJMCP_TEST_CLIENTS ?? Object.keys(clients).join(",")).split(",");

// All before the first test: the reporter counts a run as over once no test is pending.
const tested: (() => Promise<unknown>)[] = [];
for (const word of chosen) {
  const [id = "", version = "latest"] = word.trim().split("@");
  if (!isClient(id)) throw new Error(`FJMCP_TEST_CLIENTS: there is no client ${id}`);
  tested.push(await prepareTest(id, version));
}
for (const test of tested) await test();

/** Installs a client. Resolves with its test, which is skipped where it cannot be installed. */
async function prepareTest(id: DrivenClientId, version: string): Promise<() => Promise<unknown>> {
  const { name, npmPackage } = clients[id];
  const installed = await installClient(npmPackage, version).catch((error: Error) => error);
  if (installed instanceof Error) {
    return () =>
      t.test(`${name} goes through the events`, { skip: installed.message }, async () => undefined);
  }
  const line = `${name} ${installed.version}`;
  return () =>
    t.test(`${line} goes through the events`, async (t) => {
      const shown: string[] = [];
      await driveClients(t, [{ name: line, start: recorded(starts[id](installed.programs), shown) }]);
      const outcome = t.passing() ? "passed" : `failed: ${shown.at(-1) ?? "see above"}`;
      t.comment(`note: ${line}: ${outcome.replaceAll("\n", " ")}`);
    });
}

function isClient(id: string): id is DrivenClientId {
  return Object.hasOwn(clients, id);
}

/** Keeps what the client shows its user on a failure, until something works again. */
function recorded(start: StartClient, shown: string[]): StartClient {
  const keep = async <T>(result: Promise<T>) => {
    try {
      const value = await result;
      shown.length = 0;
      return value;
    } catch (error) {
      shown.push((error as Error).message);
      throw error;
    }
  };
  return async (place): Promise<ClientDriver> => {
    const driver = await keep(start(place));
    return {
      ...driver,
      listTools: () => keep(driver.listTools()),
      callTool: (name, given) => keep(driver.callTool(name, given)),
      restart: () => keep(driver.restart()),
    };
  };
}
