import { setTimeout as sleep } from "node:timers/promises";
import type { Message, StdioServer } from "./stdio-server.ts";
import { waitForRemoval } from "./wait-for-removal.ts";

/** A tool of the stubs: its return value is the text of the tool's result; undefined means no response. */
export type StubTool = (call: {
  server: StdioServer;
  id: unknown;
  arguments: Record<string, unknown>;
  progressToken: unknown;
}) => unknown;

/** The tools of every stub; stub-child.ts documents each. */
export const stubTools: Record<string, StubTool> = {
  echo: async ({ server, id, arguments: given, progressToken }) => {
    const steps = Number(given.progress ?? 0);
    for (let progress = 1; progress <= steps; progress++) {
      server.send({ method: "notifications/progress", params: { progressToken, progress, total: steps } });
    }
    await sleep(Number(given.sleepMs ?? 0));
    const { whileExists } = given;
    if (typeof whileExists === "string") await waitForRemoval(whileExists);
    else if (whileExists !== undefined) throw new Error("whileExists is not the name of a file");
    return given.quietWhenCancelled === true && cancelled(server, id) ? undefined : given;
  },
  emit: ({ server, arguments: given }) => {
    for (const line of (given.lines ?? []) as string[]) server.raw(`${line}\n`);
    return given.respond === false ? undefined : "emitted";
  },
  lines: ({ server }) => server.lines,
  environment: () => process.env,
  process: () => ({ pid: process.pid, argv: process.argv, cwd: process.cwd() }),
  fail: () => {
    throw new Error("the stub fails on request");
  },
};

/** Calls the tool that a `tools/call` names and responds with its result, unless the tool returns undefined. */
export async function callTool(
  server: StdioServer,
  message: Message,
  tools: Record<string, StubTool>,
): Promise<void> {
  const params = (message.params ?? {}) as {
    name?: string;
    arguments?: Record<string, unknown>;
    _meta?: { progressToken?: unknown };
  };
  const tool = tools[params.name ?? ""];
  if (tool === undefined) {
    server.fail(message.id, -32602, `Unknown tool: ${params.name}`);
    return;
  }
  const output = await tool({
    server,
    id: message.id,
    arguments: params.arguments ?? {},
    progressToken: params._meta?.progressToken,
  });
  if (output !== undefined) server.respond(message.id, { content: [{ type: "text", text: asText(output) }] });
}

function asText(output: unknown): string {
  return typeof output === "string" ? output : JSON.stringify(output);
}

function cancelled(server: StdioServer, id: unknown): boolean {
  return server.lines
    .map((line) => JSON.parse(line) as Message)
    .some(({ method, params }) => method === "notifications/cancelled" && params?.requestId === id);
}
