import type { Server } from "node:http";
import type { Socket } from "node:net";
import type { AccountId } from "@fjmcp/shared/ids";

const checkEveryMs = 1_000;

export interface SlowClientLimits {
  /** A connection with unsent data on which nothing was sent for this long is closed. */
  readonly stallTimeoutMs: number;
  /** Bound on the unsent data of all connections; beyond it the account with the most loses its largest backlogs. */
  readonly maxUnreadBytes: number;
}

/** How much a connection has sent, and since when this has not changed although more is waiting. */
interface Progress {
  sentBytes: number;
  sinceMs: number;
}

/**
 * Closes the connections of clients that do not read their responses. Checks once a second: a response costs nothing.
 * `accountOf` is the account of a connection's last request, undefined before it is authenticated.
 */
export function disconnectSlowClients(
  server: Server,
  limits: SlowClientLimits,
  accountOf: (socket: Socket) => AccountId | undefined,
): void {
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
    const sockets = unread.map(([socket]) => socket).filter((socket) => !socket.destroyed);
    disconnectLargest([...Map.groupBy(sockets, accountOf).values()].map(backlogOf), limits.maxUnreadBytes);
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

/** The connections of one account, the one with the most unsent data first, and their sum. */
interface Backlog {
  readonly sockets: Socket[];
  bytes: number;
}

function backlogOf(sockets: Socket[]): Backlog {
  sockets.sort((a, b) => b.writableLength - a.writableLength);
  return { sockets, bytes: sockets.reduce((sum, socket) => sum + socket.writableLength, 0) };
}

/** Until the rest fits, the account with the most unsent data loses the connection with the most of it. */
function disconnectLargest(backlogs: Backlog[], maxUnreadBytes: number): void {
  let total = backlogs.reduce((sum, { bytes }) => sum + bytes, 0);
  while (total > maxUnreadBytes) {
    const largest = backlogs.reduce((a, b) => (b.bytes > a.bytes ? b : a));
    const socket = largest.sockets.shift();
    if (socket === undefined) return;
    largest.bytes -= socket.writableLength;
    total -= socket.writableLength;
    socket.destroy();
  }
}
