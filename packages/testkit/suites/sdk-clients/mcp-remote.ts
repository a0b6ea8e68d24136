import { dirname } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import { freePort } from "../../src/process/free-port.ts";
import { mcpRemote } from "../../src/real-clients/client-commands.ts";
import type { ClientDriver, ClientPlace } from "../../src/real-clients/client-driver.ts";
import { toolText } from "./tool-text.ts";

const program = fileURLToPath(new URL("../../node_modules/mcp-remote/dist/proxy.js", import.meta.url));

/** It responds once the user has signed in, which takes long on a busy machine. */
const signInTimeoutMs = 300_000;
/** What a user needs who has the link of the device at once. */
const deviceTimeoutMs = 60_000;

/** `mcp-remote URL`, as a desktop client starts it for itself. */
export async function startMcpRemote({ mcpUrl, browser, home }: ClientPlace): Promise<ClientDriver> {
  const environment = await browser.programs(`${home}/bin`);
  const port = String(await freePort());
  return drive(
    () =>
      new StdioClientTransport({
        command: process.execPath,
        args: [program, ...mcpRemote.arguments(mcpUrl), port],
        env: { ...environment, HOME: home },
        stderr: "ignore",
      }),
  );
}

/** `mcp-remote URL --device-code`, on a machine without a browser: its user opens the link that it prints elsewhere. */
export async function startMcpRemoteWithDeviceCode(place: ClientPlace): Promise<ClientDriver> {
  const { mcpUrl, browser, home } = place;
  return drive(() => {
    const transport = new StdioClientTransport({
      command: process.execPath,
      args: [program, ...mcpRemote.arguments(mcpUrl), mcpRemote.deviceOption],
      // No program that could open a browser.
      env: { PATH: dirname(process.execPath), HOME: home },
      stderr: "pipe",
    });
    createInterface({ input: transport.stderr as Readable }).on("line", (line) => {
      const link = /https?:\/\/\S+\/device\?user_code=\S+/.exec(line)?.[0];
      if (link !== undefined) void browser.connectDevice(link).catch(() => undefined);
    });
    return transport;
  }, deviceTimeoutMs);
}

async function drive(spawn: () => StdioClientTransport, timeoutMs = signInTimeoutMs): Promise<ClientDriver> {
  const start = async () => {
    const client = new Client({ name: "desktop", version: "1.0.0" });
    await client.connect(spawn(), { timeout: timeoutMs });
    return client;
  };
  let client = await start();
  return {
    listTools: async () => (await client.listTools()).tools.map(({ name }) => name),
    callTool: async (name, given) => toolText(await client.callTool({ name, arguments: given })),
    async restart() {
      await client.close();
      client = await start();
    },
    close: () => client.close(),
  };
}
