import type { IncomingMessage } from "node:http";
import { errorCodes, Refusal } from "./refusal.ts";

export const maxBodyBytes = 4 * 1024 * 1024;
/** What is too large is read and dropped up to here: many a client sees no answer before it has sent all. */
const maxDroppedBytes = 64 * 1024 * 1024;

/**
 * The whole body, at most 4 MiB, else a 413 Refusal. The server's request timeout bounds the time. Rejects with
 * ClientGoneError when the client goes away on the way.
 */
export function readBody(req: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    const take = (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
      else chunks.length = 0;
      if (bytes <= maxDroppedBytes) return;
      req.off("data", take).pause();
      reject(tooLarge());
    };
    req.on("data", take);
    req.on("end", () => {
      if (bytes > maxBodyBytes) reject(tooLarge());
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
