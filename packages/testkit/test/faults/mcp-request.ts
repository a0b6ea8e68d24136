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
  abandon(): void;
}

export interface Credentials {
  readonly accessToken: string;
  readonly sessionId?: string | undefined;
}

/** Posts one JSON-RPC message on a connection of its own. */
export async function postMcp(
  target: McpTarget,
  { accessToken, sessionId }: Credentials,
  message: object,
): Promise<McpAnswer> {
  const incoming = await send(target, "POST", accessToken, sessionId, JSON.stringify(message));
  const body = await text(incoming);
  // A stream, once a keep-alive was due: the response is its last message.
  const json = body.startsWith("{") ? body : /^data: (.*)$/m.exec(body)?.[1];
  return {
    status: incoming.statusCode!,
    headers: incoming.headers,
    message: json === undefined ? {} : (JSON.parse(json) as McpMessage),
  };
}

/** Opens the listening stream; what is no stream is answered as a whole. */
export async function listenMcp(
  target: McpTarget,
  { accessToken, sessionId }: Credentials,
): Promise<McpAnswer | McpStream> {
  const incoming = await send(target, "GET", accessToken, sessionId);
  if (incoming.statusCode !== 200) {
    await text(incoming);
    return { status: incoming.statusCode!, headers: incoming.headers, message: {} };
  }
  let closed = false;
  incoming.resume();
  incoming.on("error", () => undefined);
  incoming.on("close", () => (closed = true));
  return {
    get closed() {
      return closed;
    },
    abandon: () => void incoming.destroy(),
  };
}

async function send(
  target: McpTarget,
  method: string,
  accessToken: string,
  sessionId: string | undefined,
  body?: string,
): Promise<IncomingMessage> {
  const outgoing = httpRequest({
    ...target,
    method,
    path: "/mcp",
    agent: false,
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
