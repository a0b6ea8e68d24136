import { HttpConnection } from "./http-connection.ts";
import type { Target } from "./targets.ts";

/**
 * Responses per second over `concurrency` connections, each with one request in flight, for `durationMs` after a
 * warm-up of a quarter of that. `request` gives the bytes that a connection repeats. Rejects on any status but 200.
 */
export async function throughput(options: {
  address: Target["address"];
  concurrency: number;
  durationMs: number;
  request: (connection: number) => Buffer;
}): Promise<number> {
  const connections = await Promise.all(
    Array.from({ length: options.concurrency }, () => HttpConnection.open(options.address)),
  );
  try {
    const start = performance.now() + options.durationMs / 4;
    const end = start + options.durationMs;
    let count = 0;
    const next = () => {
      const now = performance.now();
      if (now >= start && now < end) count += 1;
      return now < end;
    };
    await Promise.all(
      connections.map((connection, index) => connection.repeat(options.request(index), next)),
    );
    return count / (options.durationMs / 1000);
  } finally {
    for (const connection of connections) connection.close();
  }
}
