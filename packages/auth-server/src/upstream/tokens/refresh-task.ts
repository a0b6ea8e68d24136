import type { AccountId } from "@fjmcp/shared/ids";
import { runPeriodically } from "@fjmcp/shared/service/run-periodically";
import type { RefreshAhead } from "./refresh-ahead.ts";

const intervalMs = 600_000;

/**
 * Keeps Forgejo tokens refreshed for personal tokens, whose programs may not call for months: now and at intervals, one
 * account after the other, so that Forgejo is not flooded. A failure is logged, and the next run tries again. Returns a
 * function that ends the task, after the account that it is at.
 */
export function startRefreshTask(deps: {
  /** Those that have a living personal token. */
  accounts: () => Promise<readonly AccountId[]>;
  refreshAhead: RefreshAhead;
  events: { requestFailed(failure: { path: string; error: unknown }): void };
}): () => void {
  const { accounts, refreshAhead, events } = deps;
  let isStopped = false;

  async function run(): Promise<void> {
    for (const accountId of await accounts()) {
      if (isStopped) return;
      await refreshAhead(accountId);
    }
  }

  const stop = runPeriodically(
    intervalMs,
    run,
    (error) => events.requestFailed({ path: "refresh task", error }),
    { startsNow: true },
  );
  return () => {
    isStopped = true;
    stop();
  };
}
