import {
  Agent,
  request as httpRequest,
  type ClientRequest,
  type IncomingMessage,
  type ServerResponse,
} from "node:http";
import { jsonRpcErrorCodes } from "@fjmcp/shared/jsonrpc-error-codes";
import type { WholeBodyRequest } from "@fjmcp/shared/http-server/whole-body-request";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import type { AuditEvents } from "../../audit-events.ts";
import { retryAfterSec } from "../../retry-after.ts";
import { allowAllOrigins } from "../public-cors.ts";
import { endToEndHeaders } from "./end-to-end-headers.ts";

/** How long a request waits for a session-daemon that is restarting. */
const connectTimeoutMs = 10_000;
const retryMs = 100;
/** The socket is missing, not listened on, or its backlog is full: nothing has been sent. */
const notConnected: ReadonlySet<string | undefined> = new Set(["ENOENT", "ECONNREFUSED", "EAGAIN"]);

/** A body of this length is forwarded in one write with its head. A longer one is forwarded as it arrives. */
const smallBytes = 16 * 1024;

/** Forwards a request of any method and its response. */
type McpProxy = (incoming: WholeBodyRequest, outgoing: ServerResponse) => void;

/**
 * Forwards `/mcp` to the session-daemon, for installations whose reverse proxy does not do so itself. Streams in both
 * directions without a time limit, small bodies as a whole, and forwards a disconnect of either side. While the
 * session-daemon is not running a request waits up to 10 s, a longer body unread; then it fails with 503. A request that
 * may have reached the session-daemon is never sent again: 502.
 */
export function createMcpProxy(deps: { mcpSocketPath: string; events: AuditEvents }): McpProxy {
  const agent = new Agent({ keepAlive: true, maxFreeSockets: 256 });

  return function mcpProxy(incoming, outgoing) {
    // A pipelined request has no socket until the responses before it are sent, and would miss a disconnect.
    if (outgoing.socket === null) outgoing.once("socket", () => receive(incoming, outgoing));
    else receive(incoming, outgoing);
  };

  function receive(incoming: WholeBodyRequest, outgoing: ServerResponse): void {
    const isSmall = incoming.receiveBody(smallBytes, (body) => forward(incoming, outgoing, body));
    if (!isSmall) forward(incoming, outgoing, undefined);
  }

  /** Without the whole body, it is read from the request. */
  function forward(incoming: IncomingMessage, outgoing: ServerResponse, body: Buffer | undefined): void {
    const giveUpAtMs = performance.now() + connectTimeoutMs;
    let attempt: ClientRequest;
    let retry: NodeJS.Timeout | undefined;

    outgoing.on("close", () => {
      clearTimeout(retry);
      if (!outgoing.writableFinished || !attempt.writableFinished) attempt.destroy();
      // Discard the rest of the request: left unread, it would block the client's connection.
      if (body === undefined) incoming.unpipe(attempt).resume();
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
      const isSent = body === undefined ? pipeOnceConnected(incoming, attempt) : sendWhole(body, attempt);
      attempt.on("response", (response) => forwardResponse(response, outgoing, (error) => fail(502, error)));
      attempt.on("error", (error: NodeJS.ErrnoException) => {
        if (outgoing.destroyed) return;
        if (isSent() || !(attempt.reusedSocket || notConnected.has(error.code))) fail(502, error);
        else if (performance.now() < giveUpAtMs) retry = setTimeout(send, attempt.reusedSocket ? 0 : retryMs);
        else fail(503, error);
      });
    }

    function fail(status: 502 | 503, error: NodeJS.ErrnoException): void {
      if (outgoing.destroyed || outgoing.writableEnded) return;
      // After the headers, only closing the connection shows the client that the response is incomplete.
      if (outgoing.headersSent) return void outgoing.destroy();
      const reference = newErrorReference();
      deps.events.mcpProxyFailed({ reference, status, code: error.code, detail: error.message });
      sendFailure(outgoing, status, reference);
    }
  }
}

function requestHeaders(incoming: IncomingMessage): string[] {
  const headers = endToEndHeaders(incoming.rawHeaders);
  if (incoming.headers.host === undefined) headers.push("Host", "fjmcp");
  if (incoming.headers["transfer-encoding"] !== undefined) headers.push("Transfer-Encoding", "chunked");
  return headers;
}

/** Reads nothing of the body before there is a connection. The returned function says whether anything was sent. */
function pipeOnceConnected(incoming: IncomingMessage, attempt: ClientRequest): () => boolean {
  return onceConnected(attempt, () => {
    incoming.pipe(attempt);
    // Headers are sent together with a body that has arrived already, and at once when the body is still to come.
    if (incoming.readableLength === 0 && !incoming.complete) attempt.flushHeaders();
  });
}

/** As `pipeOnceConnected`, for a body that has arrived. As Latin-1 Node joins it with the head. */
function sendWhole(body: Buffer, attempt: ClientRequest): () => boolean {
  const isSent = onceConnected(attempt);
  attempt.end(body.toString("latin1"), "latin1");
  return isSent;
}

/** The returned function says whether there has been a connection yet; nothing is sent before. */
function onceConnected(attempt: ClientRequest, act?: () => void): () => boolean {
  let isConnected = false;
  const onConnect = () => {
    isConnected = true;
    act?.();
  };
  attempt.on("socket", (socket) => {
    if (socket.connecting) socket.once("connect", onConnect);
    else if (!socket.destroyed) onConnect();
  });
  return () => isConnected;
}

/** `onError` gets the error of a response that breaks off. */
function forwardResponse(
  response: IncomingMessage,
  outgoing: ServerResponse,
  onError: (error: NodeJS.ErrnoException) => void,
): void {
  response.on("error", onError);
  const length = response.headers["content-length"];
  if (Number(length) <= smallBytes) {
    // As Latin-1 Node joins it with the head.
    let body = "";
    response.setEncoding("latin1");
    response.on("data", (text: string) => (body += text));
    response.on("end", () => {
      writeHead(response, outgoing);
      outgoing.end(body, "latin1");
    });
    return;
  }
  writeHead(response, outgoing);
  // A response of known length is sent together with its headers; those of a stream must not wait for its first event.
  if (length === undefined) outgoing.flushHeaders();
  response.pipe(outgoing);
}

function writeHead(response: IncomingMessage, outgoing: ServerResponse): void {
  const headers = endToEndHeaders(response.rawHeaders);
  // A document there runs nothing in the origin of the auth-server's pages; a second policy can only restrict it further.
  headers.push("Content-Security-Policy", "sandbox; default-src 'none'");
  outgoing.writeHead(response.statusCode ?? 502, response.statusMessage, headers);
}

/** Replies with a JSON-RPC error. */
function sendFailure(outgoing: ServerResponse, status: 502 | 503, reference: string): void {
  const message =
    status === 503
      ? `The MCP service is not running at the moment. Try again in a few seconds. (Reference: ${reference})`
      : `The connection to the MCP service was lost before it replied; the request may have been carried out. (Reference: ${reference})`;
  const { internal: code } = jsonRpcErrorCodes;
  const body = JSON.stringify({ jsonrpc: "2.0", id: null, error: { code, message } });
  // A page reads what to do, not that the network failed. Which pages are allowed, only the session-daemon knows.
  allowAllOrigins(outgoing);
  outgoing.writeHead(status, {
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
    "cache-control": "no-store",
    ...(status === 503 ? { "retry-after": String(retryAfterSec.sessionDaemon) } : {}),
  });
  outgoing.end(body);
}
