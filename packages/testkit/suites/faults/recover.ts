import { setTimeout as sleep } from "node:timers/promises";
import { steps, type ClientFlow, type Step } from "./client-flow.ts";
import { requiresLogin, isTransient } from "./client-outcome.ts";

/** How often a client had to repeat a step that it had done before. */
export interface Recovery {
  logins: number;
  newSessions: number;
  refreshes: number;
}

const retryEveryMs = 250;
/** Twice the 10 s between two checks of a user whom Forgejo suspends. */
const maxTries = 80;

/**
 * Continues from `step` to the last one, or up to `end`, as a well-behaved client does: it retries after a temporary
 * error, refreshes on 401, opens a new session on 404, and logs in again only when an error requires it. Throws on any
 * other outcome, and after 80 failed steps.
 */
export async function recover(flow: ClientFlow, step: Step, end?: Step): Promise<Recovery> {
  const endAt = end === undefined ? steps.length : steps.indexOf(end);
  const recovery: Recovery = { logins: 0, newSessions: 0, refreshes: 0 };
  const failures: string[] = [];
  for (let at = steps.indexOf(step); at < endAt;) {
    const now = steps[at]!;
    const outcome = await flow.runStep(now);
    if (outcome === "done") {
      at += 1;
      continue;
    }
    failures.push(`${now}: ${outcome}`);
    if (failures.length > maxTries) throw new Error(`It does not recover: ${failures.join(", ")}`);
    if (outcome === "401 invalid_token") {
      recovery.refreshes += 1;
      at = steps.indexOf("refresh");
    } else if (outcome === "404") {
      recovery.newSessions += 1;
      at = steps.indexOf("initialize");
    } else if (requiresLogin(now, outcome)) {
      recovery.logins += 1;
      at = 0;
    } else if (isTransient(outcome)) {
      await sleep(retryEveryMs);
    } else {
      throw new Error(`An outcome that no client should see: ${failures.join(", ")}`);
    }
  }
  return recovery;
}
