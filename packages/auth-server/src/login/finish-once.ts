import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "@fjmcp/shared/clock";
import { sha256Hex } from "@fjmcp/shared/hash";
import { constantTimeEqual } from "../crypto/constant-time-equal.ts";
import { decryptForHolder, encryptForHolder } from "../crypto/holder-cipher.ts";
import { repeatSec } from "../repeat-window.ts";
import type { LoginFault } from "./login-fault.ts";
import type { LoginOutcome } from "./login-outcome.ts";
import type { LoginStateStore } from "./login-state-store.ts";
import { faultOfOldState } from "./login-state.ts";

/** Longer than an exchange with Forgejo lasts. If the process ends in mid-exchange, another request can claim it then. */
const claimSec = 60;
const pollMs = 100;

/**
 * Runs `finish` once per state, over all processes, and only for the browser that holds the state's login cookie. Equal
 * requests at the same moment wait for its outcome, and for `repeatSec` a repeated request gets that outcome again.
 */
export async function finishOnce(
  { states, clock }: { states: LoginStateStore; clock: Clock },
  presented: { state: string | undefined; cookie: string | undefined },
  finish: (state: string, cookie: string) => Promise<LoginOutcome>,
): Promise<LoginOutcome> {
  const { state, cookie } = presented;
  if (state === undefined) return noPendingLogin("no_login", "no state");
  const hash = sha256Hex(state);
  for (;;) {
    const stored = await states.find(hash);
    if (stored === undefined) {
      return noPendingLogin(faultOfOldState(state, clock()), "unknown, used or expired state");
    }
    if (cookie === undefined) return noPendingLogin("other_browser", "no login cookie");
    if (!constantTimeEqual(stored.binding, sha256Hex(cookie)))
      return noPendingLogin("other_browser", "another browser's state");
    if (typeof stored.outcome === "object") {
      return JSON.parse(decryptForHolder(stored.outcome.ciphertext, cookie)) as LoginOutcome;
    }
    if (stored.outcome === undefined && (await states.claim(hash, claimSec))) break;
    await sleep(pollMs);
  }
  const outcome = await finish(state, cookie);
  await states.complete(hash, encryptForHolder(JSON.stringify(outcome), cookie), repeatSec);
  return outcome;
}

export function noPendingLogin(fault: LoginFault, detail: string): LoginOutcome {
  return { kind: "no_pending_login", fault, detail };
}
