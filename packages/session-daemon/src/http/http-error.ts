import type { ServerResponse } from "node:http";
import { sendJson } from "./json-response.ts";

/** An error response: an HTTP status with a JSON-RPC error whose message a user can read. */
export class HttpError extends Error {
  readonly status: number;
  /** JSON-RPC error code. */
  readonly code: number;
  /** The `data` member of the JSON-RPC error; undefined for none. */
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** The id of the rejected request, as JSON text; `null` when it is not known. */
  readonly idJson: string;

  constructor(
    status: number,
    code: number,
    message: string,
    more: { data?: unknown; headers?: Readonly<Record<string, string>>; idJson?: string } = {},
  ) {
    super(message);
    this.name = "HttpError";
    this.status = status;
    this.code = code;
    this.data = more.data;
    this.headers = more.headers ?? {};
    this.idJson = more.idJson ?? "null";
  }
}

/** One JSON-RPC error response; `idJson` is JSON text. */
export function errorResponse(idJson: string, code: number, message: string, data?: unknown): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${idJson},"error":${JSON.stringify({ code, message, data })}}`);
}

/**
 * Sends the error. When a response has begun already, closes the connection instead. A connection that ends with this
 * response (RFC 9112 §9.6) is closed only when its request has arrived: a proxy that still writes the body responds with
 * 502 where the connection closes before.
 */
export function sendHttpError(res: ServerResponse, error: HttpError): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const body = errorResponse(error.idJson, error.code, error.message, error.data);
  for (const [name, value] of Object.entries(error.headers)) res.setHeader(name, value);
  const { req } = res;
  if (res.shouldKeepAlive || req.complete || req.readableDidRead) {
    sendJson(res, error.status, [body]);
    return;
  }
  res.writeHead(error.status, { "content-type": "application/json", "content-length": body.length });
  res.write(body);
  for (const event of ["end", "close"]) req.once(event, () => res.end());
  req.resume();
}
