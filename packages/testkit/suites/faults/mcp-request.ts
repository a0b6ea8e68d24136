import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** Where MCP requests go: over the auth-server's gateway, or straight to the session-daemon's socket. */
export type McpTarget = { readonly host: string; readonly port: number } | { readonly socketPath: string };

interface McpMessage {
  readonly id?: unknown;
  readonly result?: { readonly content?: readonly { readonly text: string }[] };
  readonly error?: { readonly code: number; readonly message: string };
}

export interface McpResponse {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly message: McpMessage;
}

export interface McpStream {
  readonly closed: boolean;
  /** How many notifications of this method have arrived. */
  count(method: string): number;
  close(): void;
}

export interface Credentials {
  readonly accessToken: string;
  readonly sessionId?: string | undefined;
}

/** Posts one JSON-RPC message on a connection of its own. `signal` closes the connection (AbortError). */
export async function postMcp(
  target: McpTarget,
  { accessToken, sessionId }: Credentials,
  message: object,
  signal?: AbortSignal,
): Promise<McpResponse> {
  const request = JSON.stringify(message);
  const incoming = await send(target, "POST", { accessToken, sessionId }, request, signal);
  const body = await text(incoming);
  // An event stream, when a keep-alive was sent before the response.
  const json = body.startsWith("{") ? body : /^data: (.*)$/m.exec(body)?.[1];
  return {
    status: incoming.statusCode!,
    headers: incoming.headers,
    message: json === undefined ? {} : (JSON.parse(json) as McpMessage),
  };
}

/** Opens the standalone SSE stream (GET). Any status but 200 gives the response instead. */
export async function openMcpStream(
  target: McpTarget,
  credentials: Credentials,
): Promise<McpResponse | McpStream> {
  const incoming = await send(target, "GET", credentials);
  if (incoming.statusCode !== 200) {
    await text(incoming);
    return { status: incoming.statusCode!, headers: incoming.headers, message: {} };
  }
  let closed = false;
  let received = "";
  incoming.setEncoding("utf8").on("data", (text: string) => (received += text));
  incoming.on("error", () => undefined);
  incoming.on("close", () => (closed = true));
  return {
    get closed() {
      return closed;
    },
    count: (method) => received.split(`"${method}"`).length - 1,
    close: () => void incoming.destroy(),
  };
}

async function send(
  target: McpTarget,
  method: string,
  { accessToken, sessionId }: Credentials,
  body?: string,
  signal?: AbortSignal,
): Promise<IncomingMessage> {
  const outgoing = httpRequest({
    ...target,
    method,
    path: "/mcp",
    agent: false,
    signal,
    headers: {
      ...("socketPath" in target && { host: "mcp.example.org" }),
      authorization: `Bearer ${accessToken}`,
      accept: "application/json, text/event-stream",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(sessionId !== undefined && { "mcp-session-id": sessionId }),
    },
  });
  outgoing.end(body);
  const [incoming] = (await once(outgoing, "response")) as [IncomingMessage];
  return incoming;
}
