import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Part } from "../stack/stack.ts";
import { waitUntil } from "../process/wait-until.ts";

/** NODE_OPTIONS of a process that `liveHeapKiB` can ask. */
export const askable = "--inspect-port=0";

/**
 * What the live objects and buffers of a Node process take, after a full collection. The resident set would say little:
 * it keeps what the process has once needed, so that thousands of new objects may not show in it at all.
 */
export async function liveHeapKiB({ pid, logFile }: Part): Promise<number> {
  process.kill(pid, "SIGUSR1");
  const url = await waitUntil(
    "the process should open its inspector",
    () => /^Debugger listening on (ws:\S+)$/m.exec(readFileSync(logFile, "utf8"))?.[1],
  );
  const inspector = new WebSocket(url);
  try {
    await once(inspector, "open");
    await ask(inspector, "HeapProfiler.collectGarbage");
    const usage = await ask(inspector, "Runtime.getHeapUsage");
    return (Number(usage["usedSize"]) + Number(usage["backingStorageSize"])) / 1024;
  } finally {
    inspector.close();
  }
}

async function ask(inspector: WebSocket, method: string): Promise<Record<string, unknown>> {
  inspector.send(JSON.stringify({ id: 1, method }));
  const [{ data }] = (await once(inspector, "message")) as [{ data: string }];
  const answer = JSON.parse(data) as { result?: Record<string, unknown> };
  if (answer.result === undefined) throw new Error(`${method}: ${data}`);
  return answer.result;
}
