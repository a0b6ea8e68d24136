/** A JSON-RPC message; a server without an SDK starts fast, and the modes can violate every rule of the protocol. */
export interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly params?: { readonly [name: string]: unknown };
  readonly result?: unknown;
  readonly error?: unknown;
}

export interface StdioServer {
  /** Every line received, byte for byte, oldest first. */
  readonly lines: readonly string[];
  /** Writes bytes as they are. */
  raw(bytes: string | Uint8Array): void;
  /** Writes one JSON-RPC message as one line. */
  send(message: object): void;
  respond(id: unknown, result: object): void;
  fail(id: unknown, code: number, message: string): void;
}

/** Handles one message; what it throws becomes a JSON-RPC error −32603. */
export type Handler = (server: StdioServer, message: Message) => unknown;

/** Reads stdin line by line until its end; then the process exits, unless the mode keeps it alive. */
export function serveStdio(handle: Handler): StdioServer {
  const lines: string[] = [];
  const server: StdioServer = {
    lines,
    raw: (bytes) => void process.stdout.write(bytes),
    send: (message) => server.raw(`${JSON.stringify({ jsonrpc: "2.0", ...message })}\n`),
    respond: (id, result) => server.send({ id, result }),
    fail: (id, code, message) => server.send({ id, error: { code, message } }),
  };
  let rest = Buffer.alloc(0);
  process.stdin.on("data", (chunk: Buffer) => {
    rest = Buffer.concat([rest, chunk]);
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      const line = rest.subarray(0, end).toString("utf8");
      rest = rest.subarray(end + 1);
      lines.push(line);
      void dispatch(server, handle, line);
    }
  });
  return server;
}

async function dispatch(server: StdioServer, handle: Handler, line: string): Promise<void> {
  let message: Message;
  try {
    message = JSON.parse(line) as Message;
  } catch {
    server.fail(null, -32700, "Parse error");
    return;
  }
  try {
    await handle(server, message);
  } catch (error) {
    server.fail(message.id, -32603, (error as Error).message);
  }
}
