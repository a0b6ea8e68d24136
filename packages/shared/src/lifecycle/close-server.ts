import type { Server } from "node:http";

const lookMs = 20;

/**
 * Stops accepting. Idle connections close at once, busy ones as soon as their answer is out, and none of them is told that
 * it may be kept. `wait` is given the moment at which all have closed; what is left when it resolves is cut off.
 */
export async function closeServer(
  server: Server,
  wait: (closed: Promise<void>) => Promise<unknown>,
): Promise<void> {
  server.prependListener("request", (_req, res) => res.setHeader("connection", "close"));
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  // An answer that began before has said nothing about its connection.
  const closingIdle = setInterval(() => server.closeIdleConnections(), lookMs);
  try {
    await wait(closed);
  } finally {
    server.closeAllConnections();
    await closed;
    clearInterval(closingIdle);
  }
}
