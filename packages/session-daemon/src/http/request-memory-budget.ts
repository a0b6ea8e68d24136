import type { IncomingMessage, ServerResponse } from "node:http";
import type { AccountId } from "@fjmcp/shared/ids";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { HttpError } from "./http-error.ts";
import { maxBodyBytes, readBody } from "./request-body.ts";
import { retryAfter } from "../retry-after.ts";

/** Smaller bodies are not counted. */
const smallBytes = 64 * 1024;
/** Eight of the largest messages at once: more than a client needs, and fifty such accounts still fit in memory. */
const maxBytesPerAccount = 8 * maxBodyBytes;

/** Bounds the memory for one account's large messages, from their arrival until their responses are sent. */
export class RequestMemoryBudget {
  readonly #usedBytes = new Map<AccountId, number>();

  /**
   * Reads the request's body as `readBody` does. Rejects with a 429 HttpError when it does not fit into the budget; a
   * body with a Content-Length is checked before it is read.
   */
  read(accountId: AccountId, req: IncomingMessage, res: ServerResponse): Promise<Buffer> {
    const declared = req.headers["content-length"];
    if (declared === undefined) return readBody(req, this.#counter(accountId, res));
    const bytes = Number(declared);
    // `readBody` keeps nothing of a body that is too large.
    const isCounted = bytes > smallBytes && bytes <= maxBodyBytes;
    return isCounted ? readBody(req, undefined, this.#counter(accountId, res)(bytes)) : readBody(req);
  }

  /** Counts one body. The function may be called again as the body grows. */
  #counter(accountId: AccountId, res: ServerResponse): (bytes: number) => HttpError | undefined {
    let counted = 0;
    return (bytes) => {
      if (bytes <= smallBytes) return undefined;
      const used = (this.#usedBytes.get(accountId) ?? 0) - counted + bytes;
      if (used > maxBytesPerAccount) {
        this.#release(accountId, counted);
        counted = 0;
        return tooMuch();
      }
      if (counted === 0) res.once("close", () => this.#release(accountId, counted));
      this.#usedBytes.set(accountId, used);
      counted = bytes;
      return undefined;
    };
  }

  #release(accountId: AccountId, bytes: number): void {
    const left = (this.#usedBytes.get(accountId) ?? 0) - bytes;
    if (left > 0) this.#usedBytes.set(accountId, left);
    else this.#usedBytes.delete(accountId);
  }
}

function tooMuch(): HttpError {
  return new HttpError(
    429,
    errorCodes.serverError,
    "Too many large messages at once. Wait for some responses first.",
    { headers: { connection: "close", ...retryAfter("memoryBudgetExceeded") } },
  );
}
