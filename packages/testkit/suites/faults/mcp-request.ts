import type { IncomingHttpHeaders } from "node:http";
import { openStream, request, type HttpTarget } from "../../src/mcp-client/http-client.ts";

interface McpMessage {
  readonly id?: unknown;
  readonly result?: { readonly content?: readonly { readonly text: string }[] };
  readonly error?: { readonly code: number; readonly message: string };
}

export interface McpResponse {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
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
  target: HttpTarget,
  credentials: Credentials,
  message: object,
  signal?: AbortSignal,
): Promise<McpResponse> {
  const headers = { ...headersOf(credentials), "content-type": "application/json" };
  const response = await request(target, { headers, body: JSON.stringify(message), signal });
  // An event stream, when a keep-alive was sent before the response. Its first event has no data (MCP, "Resumability").
  const json = response.text.startsWith("{") ? response.text : /^data: (.+)$/m.exec(response.text)?.[1];
  return {
    status: response.status,
    headers: response.headers,
    message: json === undefined ? {} : (JSON.parse(json) as McpMessage),
  };
}

/** Opens the standalone SSE stream (GET). Any status but 200 gives the response instead. */
export async function openMcpStream(
  target: HttpTarget,
  credentials: Credentials,
): Promise<McpResponse | McpStream> {
  const stream = await openStream(target, { method: "GET", headers: headersOf(credentials) });
  if (stream.status !== 200) {
    await stream.untilClosed();
    return { status: stream.status, headers: stream.headers, message: {} };
  }
  return {
    get closed() {
      return stream.closed;
    },
    count: (method) => stream.received.split(`"${method}"`).length - 1,
    close: () => stream.abandon(),
  };
}

function headersOf({ accessToken, sessionId }: Credentials): Record<string, string> {
  return {
    authorization: `Bearer ${accessToken}`,
    accept: "application/json, text/event-stream",
    ...(sessionId !== undefined && { "mcp-session-id": sessionId }),
  };
}
