import type { IncomingMessage } from "node:http";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { HttpError } from "./http-error.ts";

export const maxBodyBytes = 4 * 1024 * 1024;
/** A body that is too large is read and dropped up to here: many clients read no response before they have sent all. */
const maxDroppedBytes = 64 * 1024 * 1024;

/**
 * Reads the whole body. Rejects with a 413 HttpError above 4 MiB, and with ClientDisconnectedError when the client
 * closes the connection first. The server's request timeout bounds the time. `onBytes` is called with the number of
 * bytes so far and may return an HttpError to reject with; `initialError` is one that is known from the outset. The
 * rest of a rejected body is read and dropped.
 */
export function readBody(
  req: IncomingMessage,
  onBytes?: (bytes: number) => HttpError | undefined,
  initialError?: HttpError,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let error = Number(req.headers["content-length"]) > maxBodyBytes ? tooLarge() : initialError;
    const onData = (chunk: Buffer) => {
      bytes += chunk.length;
      error ??= bytes > maxBodyBytes ? tooLarge() : onBytes?.(bytes);
      if (error === undefined) chunks.push(chunk);
      else chunks.length = 0;
      if (bytes <= maxDroppedBytes) return;
      req.off("data", onData).pause();
      reject(error!);
    };
    req.on("data", onData);
    req.on("end", () => {
      if (error !== undefined) reject(error);
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes));
    });
    req.on("close", () => {
      if (!req.complete) reject(new ClientDisconnectedError());
    });
  });
}

/** The client closed the connection: no response can reach it. */
export class ClientDisconnectedError extends Error {
  override readonly name = "ClientDisconnectedError";
}

function tooLarge(): HttpError {
  return new HttpError(413, errorCodes.serverError, "The message is larger than 4 MiB.", {
    headers: { connection: "close" },
  });
}
