import type { IncomingMessage } from "node:http";
import { errorCodes, Refusal } from "./refusal.ts";

const maxBodyBytes = 4 * 1024 * 1024;

/**
 * The whole body, at most 4 MiB, else a 413 Refusal. The server's request timeout bounds the time. Rejects with
 * ClientGoneError when the client goes away on the way.
 */
export function readBody(req: IncomingMessage): Promise<Buffer> {
  if (Number(req.headers["content-length"]) > maxBodyBytes) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    req.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
      else reject(tooLarge());
    });
    req.once("end", () => resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes)));
    req.once("close", () => reject(new ClientGoneError()));
  });
}

/** The client closed the connection: there is nobody to answer. */
export class ClientGoneError extends Error {
  override readonly name = "ClientGoneError";
}

function tooLarge(): Refusal {
  // The rest of the body is not waited for.
  return new Refusal(413, errorCodes.refused, "The message is larger than 4 MiB.", {
    headers: { connection: "close" },
  });
}
