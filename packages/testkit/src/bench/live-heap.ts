import { once } from "node:events";
import { readFileSync } from "node:fs";
import type { Part } from "../stack/stack.ts";
import { waitUntil } from "../process/wait-until.ts";

/** NODE_OPTIONS of a process that `liveHeapKiB` can inspect. */
export const inspectable = "--inspect-port=0";

/**
 * The size of the live objects and buffers of a Node process, after a full garbage collection. The resident set is no
 * measure for it: it keeps freed memory, so that thousands of new objects may not change it.
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
    await callInspector(inspector, "HeapProfiler.collectGarbage");
    const usage = await callInspector(inspector, "Runtime.getHeapUsage");
    return (Number(usage.usedSize) + Number(usage.backingStorageSize)) / 1024;
  } finally {
    inspector.close();
  }
}

async function callInspector(inspector: WebSocket, method: string): Promise<Record<string, unknown>> {
  inspector.send(JSON.stringify({ id: 1, method }));
  const [{ data }] = (await once(inspector, "message")) as [{ data: string }];
  const reply = JSON.parse(data) as { result?: Record<string, unknown> };
  if (reply.result === undefined) throw new Error(`${method}: ${data}`);
  return reply.result;
}
