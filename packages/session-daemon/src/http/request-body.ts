import type { IncomingMessage } from "node:http";
import { errorCodes, Refusal } from "./http-error.ts";

export const maxBodyBytes = 4 * 1024 * 1024;
/** What is too large is read and dropped up to here: many a client sees no answer before it has sent all. */
const maxDroppedBytes = 64 * 1024 * 1024;

/**
 * The whole body, at most 4 MiB, else a 413 Refusal. The server's request timeout bounds the time. `count` is told how
 * many bytes have come so far, and may have a Refusal too; `refused` is one from the outset. What is refused is dropped.
 * Rejects with ClientGoneError when the client goes away on the way.
 */
export function readBody(
  req: IncomingMessage,
  count?: (bytes: number) => Refusal | undefined,
  refused?: Refusal,
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
      if (!req.complete) reject(new ClientGoneError());
    });
  });
}

/** The client closed the connection: there is nobody to answer. */
export class ClientGoneError extends Error {
  override readonly name = "ClientGoneError";
}

function tooLarge(): Refusal {
  return new Refusal(413, errorCodes.refused, "The message is larger than 4 MiB.", {
    headers: { connection: "close" },
  });
}
