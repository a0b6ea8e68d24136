import { once } from "node:events";
import { request as httpRequest, type IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";

/** Where MCP requests go: over the auth-server's gateway, or straight to the session-daemon's socket. */
export type McpTarget = { readonly host: string; readonly port: number } | { readonly socketPath: string };

export interface McpMessage {
  readonly id?: unknown;
  readonly result?: { readonly content?: readonly { readonly text: string }[] };
  readonly error?: { readonly code: number; readonly message: string };
}

export interface McpAnswer {
  readonly status: number;
  readonly headers: IncomingMessage["headers"];
  readonly message: McpMessage;
}

export interface McpStream {
  readonly closed: boolean;
  /** How many notifications of this method it has brought. */
  heard(method: string): number;
  abandon(): void;
}

export interface Credentials {
  readonly accessToken: string;
  readonly sessionId?: string | undefined;
}

/** Posts one JSON-RPC message on a connection of its own, which the signal breaks (AbortError). */
export async function postMcp(
  target: McpTarget,
  { accessToken, sessionId }: Credentials,
  message: object,
  signal?: AbortSignal,
): Promise<McpAnswer> {
  const body = JSON.stringify(message);
  const incoming = await send(target, "POST", { accessToken, sessionId }, body, signal);
  const answer = await text(incoming);
  // A stream, once a keep-alive was due: the response is its last message.
  const json = answer.startsWith("{") ? answer : /^data: (.*)$/m.exec(answer)?.[1];
  return {
    status: incoming.statusCode!,
    headers: incoming.headers,
    message: json === undefined ? {} : (JSON.parse(json) as McpMessage),
  };
}

/** Opens the listening stream; what is no stream is answered as a whole. */
export async function listenMcp(target: McpTarget, credentials: Credentials): Promise<McpAnswer | McpStream> {
  const incoming = await send(target, "GET", credentials);
  if (incoming.statusCode !== 200) {
    await text(incoming);
    return { status: incoming.statusCode!, headers: incoming.headers, message: {} };
  }
  let closed = false;
  let heard = "";
  incoming.setEncoding("utf8").on("data", (text: string) => (heard += text));
  incoming.on("error", () => undefined);
  incoming.on("close", () => (closed = true));
  return {
    get closed() {
      return closed;
    },
    heard: (method) => heard.split(`"${method}"`).length - 1,
    abandon: () => void incoming.destroy(),
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
