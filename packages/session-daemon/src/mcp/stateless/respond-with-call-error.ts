import { errorResponse } from "../../http/http-error.ts";
import { sendMessage } from "../../http/send-message.ts";
import { errorCodes } from "../../jsonrpc/error-codes.ts";
import { CallError } from "../../worker/call.ts";
import type { Exchange } from "../exchange.ts";

/** Rethrows what is not the JSON-RPC error of a call, for `McpEndpoint` to map. */
export function respondWithCallError({ res, accepted }: Exchange, idJson: string, error: unknown): void {
  if (!(error instanceof CallError) || error.kind === "token_rejected") throw error;
  sendMessage(res, accepted, errorResponse(idJson, errorCodes.internal, error.message));
}
