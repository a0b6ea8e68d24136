import type { ServerResponse } from "node:http";
import { sendJson } from "./json-response.ts";

/** An answer other than success: an HTTP status with a JSON-RPC error that a person can read. */
export class HttpError extends Error {
  readonly status: number;
  /** JSON-RPC error code. */
  readonly code: number;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** The id of the request that is refused, as JSON text; `null` when it is not known. */
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

/** Answers with the refusal, unless an answer has begun. */
export function sendHttpError(res: ServerResponse, refusal: HttpError): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const body = errorResponse(refusal.idJson, refusal.code, refusal.message, refusal.data);
  for (const [name, value] of Object.entries(refusal.headers)) res.setHeader(name, value);
  sendJson(res, refusal.status, [body]);
}
