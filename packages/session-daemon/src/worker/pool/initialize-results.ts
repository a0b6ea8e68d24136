import { isDeepStrictEqual } from "node:util";
import type { AccountId } from "@fjmcp/shared/ids";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";

/** Beyond this many, that of the account which was added first is removed: its next `initialize` waits for a worker. */
const maxResults = 10_000;

/**
 * The last `initialize` result of the child, by which sessions are opened while a worker still starts. Of a child whose
 * tools are known it is the same for all accounts; any other may say something else to each of them.
 */
export class InitializeResults {
  readonly #isSameForAll: () => boolean;
  readonly #results = new Map<AccountId | undefined, InitializeResult>();

  /** `isSameForAll` must not change between the first result and the last. */
  constructor(isSameForAll: () => boolean) {
    this.#isSameForAll = isSameForAll;
  }

  get(accountId: AccountId): InitializeResult | undefined {
    return this.#results.get(this.#keyOf(accountId));
  }

  /** Keeps that of a new worker; returns whether it differs from the kept one, which sessions were opened with. */
  replace(accountId: AccountId, result: InitializeResult): boolean {
    const key = this.#keyOf(accountId);
    const before = this.#results.get(key);
    if (before !== undefined && isDeepStrictEqual(before, result)) return false;
    const [oldest] = this.#results.keys();
    if (before === undefined && this.#results.size >= maxResults) this.#results.delete(oldest);
    this.#results.set(key, result);
    return before !== undefined;
  }

  #keyOf(accountId: AccountId): AccountId | undefined {
    return this.#isSameForAll() ? undefined : accountId;
  }
}
