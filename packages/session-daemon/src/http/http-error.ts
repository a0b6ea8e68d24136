import type { ServerResponse } from "node:http";
import { sendJson } from "./json-response.ts";

/** An answer other than success: an HTTP status with a JSON-RPC error that a person can read. */
export class Refusal extends Error {
  readonly status: number;
  /** JSON-RPC error code. */
  readonly code: number;
  readonly data: unknown;
  readonly headers: Readonly<Record<string, string>>;
  /** The id of the request that is refused, as JSON text; `null` when it is not known. */
  readonly idText: string;

  constructor(
    status: number,
    code: number,
    message: string,
    more: { data?: unknown; headers?: Readonly<Record<string, string>>; idText?: string } = {},
  ) {
    super(message);
    this.name = "Refusal";
    this.status = status;
    this.code = code;
    this.data = more.data;
    this.headers = more.headers ?? {};
    this.idText = more.idText ?? "null";
  }
}

/** Codes of JSON-RPC 2.0 §5.1 and of the MCP SDKs. */
export const errorCodes = {
  parse: -32700,
  invalidRequest: -32600,
  methodNotFound: -32601,
  internal: -32603,
  refused: -32000,
  sessionNotFound: -32001,
  unsupportedVersion: -32022,
} as const;

/** One JSON-RPC error response; `idText` is JSON text. */
export function errorResponse(idText: string, code: number, message: string, data?: unknown): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${idText},"error":${JSON.stringify({ code, message, data })}}`);
}

/** Answers with the refusal, unless an answer has begun. */
export function sendRefusal(res: ServerResponse, refusal: Refusal): void {
  if (res.headersSent) {
    res.destroy();
    return;
  }
  const body = errorResponse(refusal.idText, refusal.code, refusal.message, refusal.data);
  for (const [name, value] of Object.entries(refusal.headers)) res.setHeader(name, value);
  sendJson(res, refusal.status, [body]);
}
