import type { AccountId } from "@fjmcp/shared/ids";
import { LoginRequiredError } from "../errors/login-required-error.ts";
import { runPeriodically } from "@fjmcp/shared/service/run-periodically";
import type { RefreshAhead } from "./refresh-ahead.ts";

const intervalMs = 600_000;

/**
 * Keeps Forgejo tokens refreshed for personal tokens, whose programs may not call for months: now and at intervals, one
 * account after the other, so that Forgejo is not flooded. A failure is logged, and the next run tries again. Returns a
 * function that ends the task.
 */
export function startRefreshTask(deps: {
  /** Those that have a living personal token. */
  accounts: () => Promise<readonly AccountId[]>;
  refreshAhead: RefreshAhead;
  events: {
    upstreamUnavailable(failure: { accountId: AccountId; error: Error }): void;
    requestFailed(failure: { path: string; error: unknown }): void;
  };
}): () => void {
  const { accounts, refreshAhead, events } = deps;

  async function run(): Promise<void> {
    for (const accountId of await accounts()) {
      // Invalid tokens were logged and their grants revoked where that was found.
      await refreshAhead(accountId).catch((error: Error) => {
        if (!(error instanceof LoginRequiredError)) events.upstreamUnavailable({ accountId, error });
      });
    }
  }

  const onError = (error: unknown) => events.requestFailed({ path: "refresh task", error });
  run().catch(onError);
  return runPeriodically(intervalMs, run, onError);
}
