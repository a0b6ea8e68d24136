import { HttpConnection, mcpPost } from "./http-connection.ts";
import type { Target } from "./targets.ts";

const messageBytes = 4 * 1024 * 1024;
const messages = 4;

/** The cost of some large messages of one account, sent at once. */
export interface Flood {
  /** Until the last of them had its response. */
  readonly totalMs: number;
  /** The longest time that a ping of another account needed meanwhile. */
  readonly worstPingMs: number;
}

/** Posts four messages of 4 MiB with these params at once, while the neighbour pings. Accepts any status. */
export async function flood(sender: Target, neighbour: Target, params: string): Promise<Flood> {
  const post = mcpPost(message(params), sender.headers);
  const ping = mcpPost(message(""), neighbour.headers);
  const [pinging, ...sending] = await Promise.all(
    [neighbour, ...Array.from({ length: messages }, () => sender)].map(({ address }) =>
      HttpConnection.open(address),
    ),
  );
  try {
    await pinging!.exchange(ping);
    const startMs = performance.now();
    const pending = new Set(sending);
    const send = async (connection: HttpConnection) => {
      await connection.exchange(post);
      pending.delete(connection);
    };
    const sent = Promise.all(sending.map(send));
    let worstPingMs = 0;
    while (pending.size > 0) {
      const sentMs = performance.now();
      await pinging!.exchange(ping);
      worstPingMs = Math.max(worstPingMs, performance.now() - sentMs);
    }
    await sent;
    return { totalMs: performance.now() - startMs, worstPingMs };
  } finally {
    for (const connection of [pinging!, ...sending]) connection.close();
  }
}

function message(params: string): string {
  return `{"jsonrpc":"2.0","id":1,"method":"ping","params":{${params}}}`;
}

/** Params of one string: what the others are compared with. */
export const oneString = padded("");

/** Params that cost the parser more for each byte than a string, by what they consist of. */
export const costlyParams: Readonly<Record<string, string>> = {
  "empty objects": `"a":[${filled(() => "{}")}]`,
  numbers: `"a":[${filled((i) => `${i}`)}]`,
  "short strings": `"a":[${filled((i) => `"${i}"`)}]`,
  keys: `"a":{${filled((i) => `"k${i}":1`)}}`,
  "nested arrays": `"a":[${filled(() => "[".repeat(200) + "]".repeat(200))}]`,
  "white space": `"a":1${" \n".repeat(messageBytes / 2 - 100)}`,
  "escaped characters": `"a":"${'\\"'.repeat(messageBytes / 2 - 100)}"`,
  "escaped newlines": `"a":"${"\\n".repeat(messageBytes / 2 - 100)}"`,
  "one number": `"a":${"9".repeat(messageBytes - 200)}`,
  // Just within the limits of a message: these are parsed.
  "32 000 values": padded(`"a":[${list(32_000, (i) => `${i}`)}]`),
  "20 000 empty objects": padded(`"a":[${list(20_000, () => "{}")}]`),
  "7 500 fractions": padded(`"a":[${list(7_500, (i) => `${(i + 1) / 7e5}`)}]`),
  "3 700 keys": padded(`"a":{${list(3_700, (i) => `"k${i}":1`)}}`),
  "keys in many orders": padded(
    `"a":[${list(85, (i) => `{${list(40, (j) => `"k${(i * j * 7_919) % 4_999}":1`)}}`)}]`,
  ),
  "1 400 digits kept": padded(`"a":[${list(1_400, (i) => `${i}.0`)},${list(1_400, (i) => `${i}`)}]`),
  "580 000 escaped quotes": padded(`"a":"${'\\"'.repeat(580_000)}"`),
};

/** The list of as many values as fit into a message. */
function filled(value: (index: number) => string): string {
  const values: string[] = [];
  for (let bytes = 0, i = 0; bytes < messageBytes - 1_000; bytes += values.at(-1)!.length + 1, i++) {
    values.push(value(i));
  }
  return values.slice(0, -1).join(",");
}

function list(count: number, value: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => value(index)).join(",");
}

/** The params, with one string that makes the message as long as it may be. */
function padded(params: string): string {
  const start = params === "" ? "" : `${params},`;
  return `${start}"pad":"${"x".repeat(messageBytes - start.length - 100)}"`;
}
