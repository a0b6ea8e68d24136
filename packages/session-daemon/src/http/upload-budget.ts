import type { IncomingMessage, ServerResponse } from "node:http";
import type { AccountId } from "@fjmcp/shared/ids";
import { errorCodes, Refusal } from "./refusal.ts";
import { maxBodyBytes } from "./request-body.ts";

/** Up to here a body is not worth counting. */
const smallBytes = 64 * 1024;
/** Eight of the largest messages at once: nobody needs more, and fifty accounts that do still fit in memory. */
const maxBytesPerAccount = 8 * maxBodyBytes;

/** Bounds what one account's large messages take of our memory. */
export class UploadBudget {
  readonly #taken = new Map<AccountId, number>();

  /** Counts the request's body until its answer is out. Throws a 429 Refusal when there is no room for it. */
  take(accountId: AccountId, req: IncomingMessage, res: ServerResponse): void {
    const bytes = Math.min(Number(req.headers["content-length"] ?? maxBodyBytes), maxBodyBytes);
    if (bytes <= smallBytes) return;
    const taken = this.#taken.get(accountId) ?? 0;
    if (taken + bytes > maxBytesPerAccount) throw tooMuch();
    this.#taken.set(accountId, taken + bytes);
    res.once("close", () => this.#give(accountId, bytes));
  }

  #give(accountId: AccountId, bytes: number): void {
    const left = (this.#taken.get(accountId) ?? 0) - bytes;
    if (left > 0) this.#taken.set(accountId, left);
    else this.#taken.delete(accountId);
  }
}

function tooMuch(): Refusal {
  return new Refusal(
    429,
    errorCodes.refused,
    "Too many large messages at once. Wait for some answers first.",
    {
      headers: { connection: "close", "retry-after": "2" },
    },
  );
}
