import type { ServerResponse } from "node:http";
import type { AcceptedTypes } from "./content-negotiation.ts";
import { sendJson } from "./json-response.ts";
import { EventStream } from "./event-stream.ts";

/** Responds with one message, as JSON where the client accepts it, else as an event stream. */
export function sendMessage(res: ServerResponse, accepted: AcceptedTypes, message: Buffer): void {
  sendInChunks(res, accepted, [message]);
}

/** As `sendMessage`, for a message in chunks that contain no line end. */
export function sendInChunks(res: ServerResponse, accepted: AcceptedTypes, chunks: readonly Buffer[]): void {
  if (accepted.json) {
    sendJson(res, 200, chunks);
    return;
  }
  const stream = new EventStream(res);
  stream.send(chunks);
  stream.end();
}

/** One JSON-RPC response with a result; `idJson` is JSON text. */
export function resultResponse(idJson: string, result: object): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${idJson},"result":${JSON.stringify(result)}}`);
}
