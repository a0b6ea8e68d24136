import { rmSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { temporaryDirectory } from "../temporary-directory.ts";

/** A proxy to Redis on a socket of its own, with fault injection. */
export interface RedisProxy {
  readonly socketPath: string;
  /** The number of connections accepted so far. */
  readonly connections: number;
  /** Open connections stay open but forward nothing, as when the peer's host is gone; new connections work. */
  silence(): void;
  /** Breaks all connections at the first matching command, until `restore`. With `passOn` Redis still gets that command. */
  breakAt(command: RegExp, options?: { passOn: boolean }): Promise<void>;
  restore(): void;
}

export async function startRedisProxy(
  t: { teardown(end: () => unknown): void },
  redisPath: string,
): Promise<RedisProxy> {
  const socketPath = join(temporaryDirectory(t), "redis.sock");
  const pairs = new Set<[Socket, Socket]>();
  const cut = () => [...pairs].flat().forEach((socket) => socket.destroy());
  let connections = 0;
  let isBroken = false;
  let trigger: { command: RegExp; passOn: boolean; onMatch: () => void } | undefined;

  const server = createServer((near) => {
    connections += 1;
    near.on("error", () => undefined);
    if (isBroken) {
      near.destroy();
      return;
    }
    const far = createConnection({ path: redisPath });
    far.on("error", () => undefined);
    const pair: [Socket, Socket] = [near, far];
    pairs.add(pair);
    near.on("data", (data) => {
      if (trigger === undefined || !trigger.command.test(data.toString("latin1"))) {
        far.write(data);
        return;
      }
      isBroken = true;
      if (trigger.passOn) {
        pairs.delete(pair);
        far.end(data);
        near.destroy();
      }
      trigger.onMatch();
      trigger = undefined;
      cut();
    });
    far.on("data", (data) => near.write(data));
    for (const socket of pair) {
      socket.on("close", () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen({ path: socketPath }, resolve));
  t.teardown(() => {
    server.close();
    cut();
    rmSync(socketPath, { force: true });
  });

  return {
    socketPath,
    get connections() {
      return connections;
    },
    silence() {
      for (const socket of [...pairs].flat()) socket.removeAllListeners("data").resume();
    },
    breakAt(command, { passOn } = { passOn: false }) {
      return new Promise((onMatch) => {
        trigger = { command, passOn, onMatch };
      });
    },
    restore() {
      isBroken = false;
    },
  };
}
