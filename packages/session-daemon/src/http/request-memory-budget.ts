import type { IncomingMessage, ServerResponse } from "node:http";
import type { AccountId } from "@fjmcp/shared/ids";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { HttpError } from "./http-error.ts";
import { maxBodyBytes, readBody } from "./request-body.ts";

/** Up to here a body is not worth counting. */
const smallBytes = 64 * 1024;
/** Eight of the largest messages at once: nobody needs more, and fifty accounts that do still fit in memory. */
const maxBytesPerAccount = 8 * maxBodyBytes;

/** Bounds what one account's large messages take of our memory, from their arrival until their answers are out. */
export class RequestMemoryBudget {
  readonly #taken = new Map<AccountId, number>();

  /**
   * Reads the request's body as `readBody` does. Rejects with a 429 HttpError when there is no room for it, which is known
   * from the outset if it says how long it is.
   */
  read(accountId: AccountId, req: IncomingMessage, res: ServerResponse): Promise<Buffer> {
    const declared = req.headers["content-length"];
    if (declared === undefined) return readBody(req, this.#counter(accountId, res));
    const bytes = Number(declared);
    // What is too large is not kept.
    const isCounted = bytes > smallBytes && bytes <= maxBodyBytes;
    return isCounted ? readBody(req, undefined, this.#counter(accountId, res)(bytes)) : readBody(req);
  }

  /** Counts one body, whose size it may be told again as it grows. */
  #counter(accountId: AccountId, res: ServerResponse): (bytes: number) => HttpError | undefined {
    let counted = 0;
    return (bytes) => {
      if (bytes <= smallBytes) return undefined;
      const taken = (this.#taken.get(accountId) ?? 0) - counted + bytes;
      if (taken > maxBytesPerAccount) {
        this.#give(accountId, counted);
        counted = 0;
        return tooMuch();
      }
      if (counted === 0) res.once("close", () => this.#give(accountId, counted));
      this.#taken.set(accountId, taken);
      counted = bytes;
      return undefined;
    };
  }

  #give(accountId: AccountId, bytes: number): void {
    const left = (this.#taken.get(accountId) ?? 0) - bytes;
    if (left > 0) this.#taken.set(accountId, left);
    else this.#taken.delete(accountId);
  }
}

function tooMuch(): HttpError {
  return new HttpError(
    429,
    errorCodes.serverError,
    "Too many large messages at once. Wait for some answers first.",
    {
      headers: { connection: "close", "retry-after": "2" },
    },
  );
}
