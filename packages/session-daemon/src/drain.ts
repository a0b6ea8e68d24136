import type { Server } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";
import { closeGracefully } from "@fjmcp/shared/http-server/graceful-server";
import type { WorkerPool } from "./worker/worker-pool.ts";

/** Time for requests that are still arriving, part of the drain time, and then for the last responses to be sent. */
const lastRequestsMs = 1000;
const lastResponsesMs = 300;

interface DrainDeps {
  readonly mcpServer: Server;
  readonly controlServer: Server;
  readonly pool: Pick<WorkerPool, "stop">;
  readonly grantUses: { stop(): Promise<void> };
}

/** Closes both servers and ends all workers; calls in flight have `timeoutMs` to complete. */
export async function drain(
  { mcpServer, controlServer, pool, grantUses }: DrainDeps,
  timeoutMs: number,
): Promise<void> {
  const startedMs = performance.now();
  const lastResponses = (closed: Promise<unknown>) => Promise.race([closed, sleep(lastResponsesMs)]);
  await closeGracefully(mcpServer, async (closed) => {
    await Promise.race([closed, sleep(Math.min(lastRequestsMs, timeoutMs))]);
    await pool.stop(startedMs + timeoutMs - performance.now());
    const control = closeGracefully(controlServer, lastResponses);
    await Promise.all([lastResponses(closed), control, grantUses.stop()]);
  });
}
