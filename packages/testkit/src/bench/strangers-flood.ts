import { join } from "node:path";
import { startProcess } from "../process/managed-process.ts";
import { HttpConnection } from "./http-connection.ts";
import { call } from "./requests.ts";
import { openSession } from "./sessions.ts";
import type { Targets } from "./targets.ts";

/** More than any group of users sends, and less than the load generator itself needs a processor for. */
const registrationsPerSecond = 1000;

/** The durations of a user's calls in milliseconds, one after the other: quiet, and during a stranger's registrations. */
export async function strangersFlood(
  { ours, stack, dir }: Pick<Targets, "ours" | "stack" | "dir">,
  durationMs: number,
): Promise<{ quiet: number[]; flooded: number[] }> {
  const connection = await HttpConnection.open(ours.address);
  try {
    const request = call("small")({ ...ours, headers: await openSession(ours) }, 1);
    const quiet = await durationsMs(connection, request, durationMs);
    const stranger = await startProcess({
      name: "stranger",
      command: process.execPath,
      arguments: [join(import.meta.dirname, "stranger.ts"), stack.issuer, String(registrationsPerSecond)],
      env: { PATH: process.env.PATH ?? "" },
      logFile: join(dir, "stranger.log"),
      isReady: (log) => log.includes("ready"),
    });
    try {
      return { quiet, flooded: await durationsMs(connection, request, durationMs) };
    } finally {
      await stranger.end();
    }
  } finally {
    connection.close();
  }
}

async function durationsMs(
  connection: HttpConnection,
  request: Buffer,
  durationMs: number,
): Promise<number[]> {
  const durations: number[] = [];
  const endMs = performance.now() + durationMs;
  while (performance.now() < endMs) {
    const sentMs = performance.now();
    await connection.exchange(request);
    durations.push(performance.now() - sentMs);
  }
  return durations;
}
