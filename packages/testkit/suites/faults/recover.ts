import { setTimeout as sleep } from "node:timers/promises";
import { steps, type Flow, type Step } from "./client-flow.ts";
import { asksForLogin, isPassing } from "./client-outcome.ts";

/** How often a client had to do again what it had done already. */
export interface Recovery {
  logins: number;
  newSessions: number;
  refreshes: number;
}

const retryEveryMs = 250;
const maxTries = 40;

/**
 * Goes on from `step` to the end, or up to `end`, as a well-behaved client does: tries again what failed for now,
 * refreshes on 401, opens a session anew on 404, and logs in anew only when told so. Throws on everything else that it
 * sees, and when it does not come to an end.
 */
export async function finish(flow: Flow, step: Step, end?: Step): Promise<Recovery> {
  const endAt = end === undefined ? steps.length : steps.indexOf(end);
  const recovery: Recovery = { logins: 0, newSessions: 0, refreshes: 0 };
  const seenSoFar: string[] = [];
  for (let at = steps.indexOf(step); at < endAt;) {
    const now = steps[at]!;
    const seen = await flow.take(now);
    if (seen === "done") {
      at += 1;
      continue;
    }
    seenSoFar.push(`${now}: ${seen}`);
    if (seenSoFar.length > maxTries) throw new Error(`It does not recover: ${seenSoFar.join(", ")}`);
    if (seen === "401 invalid_token") {
      recovery.refreshes += 1;
      at = steps.indexOf("refresh");
    } else if (seen === "404") {
      recovery.newSessions += 1;
      at = steps.indexOf("initialize");
    } else if (asksForLogin(now, seen)) {
      recovery.logins += 1;
      at = 0;
    } else if (isPassing(seen)) {
      await sleep(retryEveryMs);
    } else {
      throw new Error(`What no client should see: ${seenSoFar.join(", ")}`);
    }
  }
  return recovery;
}
