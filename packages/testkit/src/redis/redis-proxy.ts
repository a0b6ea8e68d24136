import { rmSync } from "node:fs";
import { createConnection, createServer, type Socket } from "node:net";
import { join } from "node:path";
import { temporaryDirectory } from "../temporary-directory.ts";

/** A way to Redis that can go wrong, over a socket of its own. */
export interface RedisProxy {
  readonly socketPath: string;
  /** How often somebody has connected. */
  readonly connections: number;
  /** The connections of now stay open but pass nothing any more, as when the other end's host is gone; new ones work. */
  silence(): void;
  /** With the first command that matches nothing works any more, until `restore`. Redis gets that one still if `passOn`. */
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
  let fatal: { command: RegExp; passOn: boolean; met: () => void } | undefined;

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
      if (fatal === undefined || !fatal.command.test(data.toString("latin1"))) {
        far.write(data);
        return;
      }
      isBroken = true;
      if (fatal.passOn) {
        pairs.delete(pair);
        far.end(data);
        near.destroy();
      }
      fatal.met();
      fatal = undefined;
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
      return new Promise((met) => {
        fatal = { command, passOn, met };
      });
    },
    restore() {
      isBroken = false;
    },
  };
}
