import { once } from "node:events";
import { createInterface } from "node:readline";
import { join } from "node:path";
import { checkoutInside, type Container } from "./container.ts";
import { caFile, mcpUrl, type Login } from "./set-up.ts";

/** What the calls of a client met. */
export interface LoadResult {
  readonly calls: number;
  readonly completed: number;
  /** Got a JSON-RPC error. */
  readonly failed: number;
  /** Got no response of a daemon's. */
  readonly refused: number;
  readonly longestMs: number;
  readonly messages: readonly string[];
  readonly initializes: number;
}

/** A connected client that calls a tool again and again. */
export interface Load {
  readonly sessionId: string;
  readonly accessToken: string;
  stop(): Promise<LoadResult>;
}

/** Starts an SDK client in the container that signs in through the proxy; resolves after its first call. */
export async function startLoad(container: Container, login: Login, perSecond: number): Promise<Load> {
  const program = join(checkoutInside, "packages/testkit/suites/vps/fixtures/load-client.ts");
  const node = ["/usr/bin/env", `NODE_EXTRA_CA_CERTS=${caFile}`, "/usr/lib/fjmcp/node", program];
  const child = container.spawn([...node, mcpUrl, login.name, login.password, String(perSecond)]);
  let stderr = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async <T>(event: string): Promise<T> => {
    const { value } = await lines.next();
    if (value === undefined) throw new Error(`the client ended before it wrote ${event}: ${stderr}`);
    return JSON.parse(value) as T;
  };
  const { sessionId, accessToken } = await next<Load>("connected");
  return {
    sessionId,
    accessToken,
    async stop() {
      const exit = once(child, "exit");
      child.stdin.end();
      const result = await next<LoadResult>("done");
      await exit;
      return result;
    },
  };
}
