import {
  Agent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import type { AuditEvents } from "../../audit-events.ts";
import { endToEndHeaders } from "./end-to-end-headers.ts";

/** How long a request waits for a session-daemon that is being restarted. */
const patienceMs = 10_000;
const retryMs = 100;
const retryAfterSec = 5;
/** Nobody listens (yet), or the socket's backlog is full: nothing has been sent. */
const notConnected: ReadonlySet<string | undefined> = new Set(["ENOENT", "ECONNREFUSED", "EAGAIN"]);

/** Takes over a request and its response whole, whatever the method. */
export type McpProxy = (incoming: IncomingMessage, outgoing: ServerResponse) => void;

/**
 * The way to `/mcp` where nothing in front sends it straight to the session-daemon. Streams in both directions without
 * buffering and without a time limit of its own, and passes a disconnect on either side on to the other. A request
 * waits up to 10 s for a session-daemon that is away, its body unread until there is a connection; then 503. One that
 * may have reached the session-daemon is never sent twice: 502.
 */
export function createMcpProxy(deps: { mcpSocketPath: string; events: AuditEvents }): McpProxy {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 256 });

  return function gateway(incoming, outgoing) {
    // A pipelined request has no socket before the responses ahead of it are through, and would miss its end.
    if (outgoing.socket === null) outgoing.once("socket", () => forward(incoming, outgoing));
    else forward(incoming, outgoing);
  };

  function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    const giveUpAtMs = performance.now() + patienceMs;
    let attempt: ClientRequest;
    let retry: NodeJS.Timeout | undefined;

    outgoing.on("close", () => {
      clearTimeout(retry);
      if (!outgoing.writableFinished || !attempt.writableFinished) attempt.destroy();
      // What the client still sends is of no more use, but must not block its connection.
      incoming.unpipe(attempt).resume();
    });
    send();

    function send(): void {
      attempt = httpRequest({
        agent,
        socketPath: deps.mcpSocketPath,
        method: incoming.method,
        path: incoming.url,
        headers: requestHeaders(incoming),
      });
      const sent = pipeOnceConnected(incoming, attempt);
      attempt.on("response", (answer) => passOn(answer, outgoing));
      attempt.on("error", (error: NodeJS.ErrnoException) => {
        if (outgoing.destroyed) return;
        if (sent() || !(attempt.reusedSocket || notConnected.has(error.code))) fail(502, error);
        else if (performance.now() < giveUpAtMs) retry = setTimeout(send, attempt.reusedSocket ? 0 : retryMs);
        else fail(503, error);
      });
    }

    function fail(status: 502 | 503, error: NodeJS.ErrnoException): void {
      // After the head, only a broken connection tells the client that the rest is missing.
      if (outgoing.headersSent) return void outgoing.destroy();
      const reference = newErrorReference();
      deps.events.mcpProxyFailed({ reference, status, code: error.code, detail: error.message });
      answerFailure(outgoing, status, reference);
    }
  }
}

function requestHeaders(incoming: IncomingMessage): string[] {
  const headers = endToEndHeaders(incoming.rawHeaders);
  if (incoming.headers.host === undefined) headers.push("Host", "fjmcp");
  if (incoming.headers["transfer-encoding"] !== undefined) headers.push("Transfer-Encoding", "chunked");
  return headers;
}

/** Reads nothing of the body before there is a connection. The function given tells whether anything was sent. */
function pipeOnceConnected(incoming: IncomingMessage, attempt: ClientRequest): () => boolean {
  let isSent = false;
  const pipe = () => {
    isSent = true;
    incoming.pipe(attempt);
    // The head goes out in one piece with a body that is here already, and alone when that is still to come.
    if (incoming.readableLength === 0 && !incoming.complete) attempt.flushHeaders();
  };
  attempt.on("socket", (socket) => {
    if (socket.connecting) socket.once("connect", pipe);
    else if (!socket.destroyed) pipe();
  });
  return () => isSent;
}

function passOn(answer: IncomingMessage, outgoing: ServerResponse): void {
  outgoing.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEndHeaders(answer.rawHeaders));
  // An answer of known length goes out in one piece with its head; a stream's head must not wait for its first event.
  if (answer.headers["content-length"] === undefined) outgoing.flushHeaders();
  answer.on("error", () => outgoing.destroy());
  answer.pipe(outgoing);
}

function answerFailure(outgoing: ServerResponse, status: 502 | 503, reference: string): void {
  const message =
    status === 503
      ? `The MCP service is not running just now. Try again shortly. (Reference: ${reference})`
      : `The MCP service broke off before it answered. (Reference: ${reference})`;
  const body = JSON.stringify({ jsonrpc: "2.0", id: null, error: { code: -32603, message } });
  outgoing.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...(status === 503 ? { "retry-after": String(retryAfterSec) } : {}),
  });
  outgoing.end(body);
}
