import { HttpError } from "../../http/http-error.ts";
import { errorCodes } from "../../jsonrpc/error-codes.ts";

/** A 400 HttpError for a header that disagrees with the body (MCP 2026-07-28, "Server Validation"). */
export function headerMismatch(message: string, idJson: string): HttpError {
  return new HttpError(400, errorCodes.headerMismatch, `Header mismatch: ${message}`, { idJson });
}
