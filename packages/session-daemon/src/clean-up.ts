import { runPeriodically } from "@fjmcp/shared/service/run-periodically";
import type { Events } from "./events.ts";
import type { ActiveExchanges } from "./session/active-exchanges.ts";
import type { GrantTerminator } from "./session/grant-terminator.ts";
import type { SessionLogLevels } from "./session/session-log-levels.ts";
import type { SessionSubscriptions } from "./session/session-subscriptions.ts";
import type { SessionStore } from "./session/session-store.ts";

const pruneEveryMs = 3600_000;

interface CleanUpDeps {
  readonly terminator: GrantTerminator;
  readonly exchanges: ActiveExchanges;
  readonly levels: SessionLogLevels;
  readonly subscriptions: Pick<SessionSubscriptions, "prune">;
  readonly store: Pick<SessionStore, "prune">;
  readonly events: Pick<Events, "sweepTerminated">;
  readonly onFailed: (task: string) => (error: unknown) => void;
}

/**
 * Every `sweepMs` ends what grants have that were revoked without a notification, and hourly prunes what has expired. The
 * functions that it returns end that.
 */
export function startCleanUp(sweepMs: number, deps: CleanUpDeps): readonly (() => void)[] {
  const { terminator, exchanges, levels, subscriptions, store, events, onFailed } = deps;
  const sweep = async () => {
    const grants = await terminator.sweep();
    if (grants > 0) events.sweepTerminated({ grants });
  };
  const prune = () => {
    levels.prune(pruneEveryMs, ({ accountId }, session) => exchanges.isListening(accountId, session));
    subscriptions.prune(pruneEveryMs);
    return store.prune();
  };
  return [
    runPeriodically(sweepMs, sweep, onFailed("find revoked grants")),
    runPeriodically(pruneEveryMs, prune, onFailed("prune expired sessions")),
  ];
}
