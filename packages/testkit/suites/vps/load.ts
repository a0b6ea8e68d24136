import { EventEmitter, once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { checkoutInside, type Container } from "./container.ts";
import { caFile, mcpUrl, type Login } from "./public-name.ts";

/** What the calls of a client met. */
export interface LoadResult {
  readonly calls: number;
  readonly completed: number;
  /** Got a JSON-RPC error. */
  readonly failed: number;
  /** Got no response of a daemon's. */
  readonly unserved: number;
  readonly longestMs: number;
  readonly messages: readonly string[];
  readonly initializes: number;
}

/** What a client has after its sign-in. */
export interface Connection {
  readonly clientId: string;
  readonly sessionId: string;
  readonly accessToken: string;
  readonly refreshToken: string;
  /** The result of its first call. */
  readonly text: string;
}

/** A connected client that calls a tool again and again. */
export interface Load extends Connection {
  /** Calls once more, with these arguments; one call at a time. */
  call(
    given: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly text?: string; readonly error?: string }>;
  stop(): Promise<LoadResult>;
}

interface LoadOptions {
  /** Default: none but those of `call`. */
  readonly perSecond?: number;
  /** Of an earlier registration; default: it registers itself. */
  readonly clientId?: string;
  /** Awaited before the browser goes to the callback, and before the client redeems its code. */
  readonly duringLogin?: () => Promise<unknown>;
}

/** Starts an SDK client in the container that signs in through the proxy; resolves after its first call. */
export async function startLoad(
  container: Container,
  { name, password }: Login,
  { perSecond = 0, clientId, duringLogin }: LoadOptions = {},
): Promise<Load> {
  const program = join(checkoutInside, "packages/testkit/suites/vps/fixtures/load-client.ts");
  const node = ["/usr/bin/env", `NODE_EXTRA_CA_CERTS=${caFile}`, "/usr/lib/fjmcp/node", program];
  const options = [
    `--url=${mcpUrl}`,
    `--name=${name}`,
    `--password=${password}`,
    `--per-second=${perSecond}`,
  ];
  const registered = clientId === undefined ? [] : [`--client-id=${clientId}`];
  const pauses = duringLogin === undefined ? [] : ["--pauses"];
  const child = container.spawn([...node, ...options, ...registered, ...pauses]);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const events = new EventEmitter();
  const ended = new AbortController();
  child.once("close", () => ended.abort());
  createInterface({ input: child.stdout }).on("line", (line) => {
    const { event, ...values } = JSON.parse(line) as { event: string };
    events.emit(event, values);
  });
  const next = async <T>(event: string): Promise<T> => {
    const [values] = await once(events, event, { signal: ended.signal }).catch((error: Error) => {
      throw new Error(`the client ended before it wrote ${event}: ${stderr}`, { cause: error });
    });
    return values as T;
  };
  if (duringLogin !== undefined)
    for (const _ of ["before the callback", "before the code is redeemed"]) {
      await next("paused");
      await duringLogin();
      child.stdin.write("\n");
    }
  const connection = await next<Connection>("connected");
  return {
    ...connection,
    call(given) {
      const called = next<{ text?: string; error?: string }>("called");
      child.stdin.write(`${JSON.stringify(given)}\n`);
      return called;
    },
    async stop() {
      const done = next<LoadResult>("done");
      const closed = once(child, "close");
      child.stdin.end();
      const result = await done;
      await closed;
      return result;
    },
  };
}
