import type { AccountId } from "@fjmcp/shared/ids";
import { LoginRequiredError } from "../errors/login-required-error.ts";
import type { RefreshAhead } from "./refresh-ahead.ts";

/**
 * One run of the task that keeps Forgejo tokens refreshed for personal tokens, whose programs may not call for months: one
 * account after the other, so that Forgejo is not flooded. A failure is logged, and the next run tries again. Rejects with
 * StoreUnavailableError.
 */
export function createRefreshTask(deps: {
  /** Those that have a living personal token. */
  accounts: () => Promise<readonly AccountId[]>;
  refreshAhead: RefreshAhead;
  events: { upstreamUnavailable(failure: { accountId: AccountId; error: Error }): void };
}): () => Promise<void> {
  const { accounts, refreshAhead, events } = deps;
  return async function run() {
    for (const accountId of await accounts()) {
      // Invalid tokens were logged and their grants revoked where that was found.
      await refreshAhead(accountId).catch((error: Error) => {
        if (!(error instanceof LoginRequiredError)) events.upstreamUnavailable({ accountId, error });
      });
    }
  };
}
