import type { Server } from "node:http";
import type { Socket } from "node:net";

const checkEveryMs = 1_000;

export interface SlowClientLimits {
  /** A connection with unsent data on which nothing was sent for this long is closed. */
  readonly stallTimeoutMs: number;
  /** Bound on the unsent data of all connections; beyond it those with the largest backlogs are closed. */
  readonly maxUnreadBytes: number;
}

/** How much a connection has sent, and since when this has not changed although more is waiting. */
interface Progress {
  sentBytes: number;
  sinceMs: number;
}

/**
 * Closes the connections of clients that do not read their responses. Checks once a second: a response costs nothing.
 */
export function disconnectSlowClients(server: Server, limits: SlowClientLimits): void {
  const connections = new Map<Socket, Progress>();
  server.on("connection", (socket) => {
    connections.set(socket, { sentBytes: 0, sinceMs: 0 });
    socket.once("close", () => connections.delete(socket));
  });
  const check = setInterval(() => {
    const unread = [...connections].filter(([socket]) => socket.writableLength > 0);
    for (const [socket, progress] of unread) {
      if (isStuck(socket, progress, limits.stallTimeoutMs)) socket.destroy();
    }
    disconnectLargest(
      unread.map(([socket]) => socket).filter((socket) => !socket.destroyed),
      limits.maxUnreadBytes,
    );
  }, checkEveryMs);
  server.once("close", () => clearInterval(check));
}

function isStuck(socket: Socket, progress: Progress, stallTimeoutMs: number): boolean {
  const nowMs = performance.now();
  const sentBytes = socket.bytesWritten - socket.writableLength - unsentBytes(socket);
  if (progress.sinceMs !== 0 && progress.sentBytes === sentBytes)
    return nowMs - progress.sinceMs >= stallTimeoutMs;
  progress.sentBytes = sentBytes;
  progress.sinceMs = nowMs;
  return false;
}

/**
 * The unsent bytes of the write in progress, which `writableLength` counts in full until its last byte is sent. Only
 * the handle knows them; Node's own socket timeouts read them too.
 */
function unsentBytes(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { _handle?: { writeQueueSize?: number } | null };
  return handle?.writeQueueSize ?? 0;
}

function disconnectLargest(sockets: Socket[], maxUnreadBytes: number): void {
  let total = sockets.reduce((sum, socket) => sum + socket.writableLength, 0);
  if (total <= maxUnreadBytes) return;
  for (const socket of sockets.sort((a, b) => b.writableLength - a.writableLength)) {
    if (total <= maxUnreadBytes) return;
    total -= socket.writableLength;
    socket.destroy();
  }
}
