import type { IncomingMessage } from "node:http";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { HttpError } from "./http-error.ts";

export const maxBodyBytes = 4 * 1024 * 1024;
/** What is too large is read and dropped up to here: many a client sees no answer before it has sent all. */
const maxDroppedBytes = 64 * 1024 * 1024;

/**
 * The whole body, at most 4 MiB, else a 413 HttpError. The server's request timeout bounds the time. `count` is told how
 * many bytes have come so far, and may have an HttpError too; `refused` is one from the outset. What is refused is dropped.
 * Rejects with ClientDisconnectedError when the client goes away on the way.
 */
export function readBody(
  req: IncomingMessage,
  count?: (bytes: number) => HttpError | undefined,
  refused?: HttpError,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    let refusal = Number(req.headers["content-length"]) > maxBodyBytes ? tooLarge() : refused;
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      refusal ??= bytes > maxBodyBytes ? tooLarge() : count?.(bytes);
      if (refusal === undefined) chunks.push(chunk);
      else chunks.length = 0;
      if (bytes <= maxDroppedBytes) return;
      req.off("data", take).pause();
      reject(refusal!);
    };
    req.on("data", take);
    req.on("end", () => {
      if (refusal !== undefined) reject(refusal);
      else resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes));
    });
    req.on("close", () => {
      if (!req.complete) reject(new ClientDisconnectedError());
    });
  });
}

/** The client closed the connection: there is nobody to answer. */
export class ClientDisconnectedError extends Error {
  override readonly name = "ClientDisconnectedError";
}

function tooLarge(): HttpError {
  return new HttpError(413, errorCodes.serverError, "The message is larger than 4 MiB.", {
    headers: { connection: "close" },
  });
}
