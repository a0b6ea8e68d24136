import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createConnection } from "node:net";
import { createInterface } from "node:readline";
import type { Redis } from "ioredis";

/** What a Redis executes, as its command MONITOR shows it: calls of scripts and the commands in them too. */
export interface CommandMonitor {
  /** All commands since the start that Redis executed before this call, each as its name in upper case and its arguments. */
  commands(): Promise<readonly (readonly string[])[]>;
  close(): void;
}

/**
 * Monitors the Redis that `redis` is connected to by a unix socket, as the same user. (ioredis's own `monitor` throws in a
 * read of its socket when a command comes together with the reply to MONITOR.)
 */
export async function monitorCommands(redis: Redis): Promise<CommandMonitor> {
  const { path, username, password } = redis.options;
  const socket = createConnection({ path: path! });
  const lines = createInterface({ input: socket, crlfDelay: Infinity });
  const seen: string[][] = [];
  let replies = 0;
  lines.on("line", (line) => {
    if (line === "+OK") replies++;
    else seen.push(parseLine(line));
    // The connection is of no use after an error.
    if (line.startsWith("-")) socket.destroy();
    lines.emit("seen");
  });
  socket.on("error", () => lines.emit("seen"));
  socket.on("close", () => lines.emit("seen"));
  const untilSeen = async (isSeen: () => boolean) => {
    while (!isSeen()) {
      if (socket.destroyed)
        throw new Error(`the connection to ${path} was closed: ${seen.at(-1)?.join(" ")}`);
      await once(lines, "seen");
    }
  };
  socket.write(`AUTH ${username} ${password}\r\nMONITOR\r\n`);
  await untilSeen(() => replies === 2);
  return {
    async commands() {
      const mark = randomUUID();
      await redis.echo(mark);
      await untilSeen(() => seen.some((command) => command[1] === mark));
      return seen.filter(([name]) => name !== "ECHO");
    },
    close: () => socket.destroy(),
  };
}

/** `+1700000000.000001 [0 unix:…] "get" "a\"b\x00"`, or `-ERR …`. */
function parseLine(line: string): string[] {
  const [name, ...args] = [...line.matchAll(/"((?:[^"\\]|\\.)*)"/g)].map(([, quoted = ""]) =>
    unescape(quoted),
  );
  return name === undefined ? [line] : [name.toUpperCase(), ...args];
}

const control: Record<string, string> = { n: "\n", r: "\r", t: "\t", a: "\u0007", b: "\b" };

function unescape(quoted: string): string {
  return quoted.replace(/\\(?:x([0-9a-f]{2})|(.))/g, (_, hex: string | undefined, one: string) =>
    hex === undefined ? (control[one] ?? one) : String.fromCharCode(Number.parseInt(hex, 16)),
  );
}
