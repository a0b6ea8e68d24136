import type { Server } from "node:http";
import type { Socket } from "node:net";

const checkEveryMs = 1_000;

export interface ReaderLimits {
  /** A connection on which nothing goes out for so long, though something waits, is cut off. */
  readonly patienceMs: number;
  /** So much may wait for all clients together; beyond it the largest backlogs are cut off. */
  readonly maxUnreadBytes: number;
}

/** A minute bears a train in a tunnel; 256 MiB are sixteen of the largest answers. */
const readerLimits: ReaderLimits = { patienceMs: 60_000, maxUnreadBytes: 256 * 1024 * 1024 };

/** What has left for a connection, and since when that has not changed while more was waiting. */
interface Progress {
  sentBytes: number;
  sinceMs: number;
}

/** Cuts off clients that do not read their answers. Looks once a second, so that an answer costs nothing. */
export function disconnectSlowClients(server: Server, limits: ReaderLimits = readerLimits): void {
  const connections = new Map<Socket, Progress>();
  server.on("connection", (socket) => {
    connections.set(socket, { sentBytes: 0, sinceMs: 0 });
    socket.once("close", () => connections.delete(socket));
  });
  const check = setInterval(() => {
    const unread = [...connections].filter(([socket]) => socket.writableLength > 0);
    for (const [socket, progress] of unread) {
      if (isStuck(socket, progress, limits.patienceMs)) socket.destroy();
    }
    cutOffLargest(
      unread.map(([socket]) => socket).filter((socket) => !socket.destroyed),
      limits.maxUnreadBytes,
    );
  }, checkEveryMs);
  server.once("close", () => clearInterval(check));
}

function isStuck(socket: Socket, progress: Progress, patienceMs: number): boolean {
  const nowMs = performance.now();
  const sentBytes = socket.bytesWritten - socket.writableLength - unsentBytes(socket);
  if (progress.sinceMs !== 0 && progress.sentBytes === sentBytes)
    return nowMs - progress.sinceMs >= patienceMs;
  progress.sentBytes = sentBytes;
  progress.sinceMs = nowMs;
  return false;
}

/**
 * What is left of the write under way, which counts as waiting to its last byte. Only the handle knows; node's own
 * socket timeouts ask it too.
 */
function unsentBytes(socket: Socket): number {
  const { _handle: handle } = socket as unknown as { _handle?: { writeQueueSize?: number } | null };
  return handle?.writeQueueSize ?? 0;
}

function cutOffLargest(sockets: Socket[], maxUnreadBytes: number): void {
  let total = sockets.reduce((sum, socket) => sum + socket.writableLength, 0);
  if (total <= maxUnreadBytes) return;
  for (const socket of sockets.sort((a, b) => b.writableLength - a.writableLength)) {
    if (total <= maxUnreadBytes) return;
    total -= socket.writableLength;
    socket.destroy();
  }
}
