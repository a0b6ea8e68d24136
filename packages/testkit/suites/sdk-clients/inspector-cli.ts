import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { freePort } from "../../src/process/free-port.ts";
import type { StartClient } from "../../src/real-clients/client-driver.ts";
import { toolText } from "./tool-text.ts";

const program = fileURLToPath(
  new URL(
    "../../node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js",
    import.meta.url,
  ),
);

/** It opens a browser without a terminal, and keeps its secrets in its home. */
const settings = { MCP_AUTO_OPEN_ENABLED: "true", MCP_INSPECTOR_SECRET_STORE: "file" };

/** `mcp-inspector --cli URL --method …`: a process per request, which stores its tokens in its home. */
export function inspectorCli(era: "legacy" | "modern"): StartClient {
  return async ({ mcpUrl, browser, home }) => {
    const environment = await browser.programs(`${home}/bin`);
    const callback = `http://127.0.0.1:${await freePort()}/oauth/callback`;
    const always = {
      transport: "http",
      "protocol-era": era,
      "callback-url": callback,
      format: "json",
    };
    const run = async (method: string, more: Readonly<Record<string, string>> = {}): Promise<unknown> => {
      const options = Object.entries({ ...always, method, ...more });
      const inspector = spawn(
        process.execPath,
        [program, "--cli", mcpUrl, ...options.flatMap(([name, value]) => [`--${name}`, value])],
        { env: { ...environment, HOME: home, ...settings }, stdio: ["ignore", "pipe", "pipe"] },
      );
      const closed = once(inspector, "close") as Promise<[number | null]>;
      const [out, shown] = await Promise.all([text(inspector.stdout), text(inspector.stderr)]);
      const [exitCode] = await closed;
      if (exitCode !== 0) throw new Error(shown.trim() || out.trim());
      return (JSON.parse(out) as { result: unknown }).result;
    };
    return {
      async listTools() {
        const { tools } = (await run("tools/list")) as { tools: { name: string }[] };
        return tools.map(({ name }) => name);
      },
      callTool: async (name, given) =>
        toolText(await run("tools/call", { "tool-name": name, "tool-args-json": JSON.stringify(given) })),
      // Each request is a process of its own.
      restart: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  };
}
