import { setTimeout as sleep } from "node:timers/promises";
import type { Clock } from "@fjmcp/shared/clock";
import { sha256Hex } from "@fjmcp/shared/hash";
import { constantTimeEqual } from "../crypto/constant-time-equal.ts";
import { decryptForHolder, encryptForHolder } from "../crypto/holder-cipher.ts";
import { repeatSec } from "../repeat-window.ts";
import { noPendingLogin, type LoginOutcome } from "./login-outcome.ts";
import type { LoginStateStore } from "./login-state-store.ts";
import { faultOfOldState } from "./login-state.ts";

/** Longer than an exchange with Forgejo lasts. If the process ends in mid-exchange, another request can claim it then. */
const claimSec = 60;
const pollMs = 100;

/** The right to finish a login, which one request has. */
export interface LoginClaim {
  readonly kind: "claimed";
  readonly state: string;
  readonly cookie: string;
  /**
   * Runs `finish` and stores its outcome for `repeatSec`: a repeated request gets it again. If either fails, others may
   * claim.
   */
  complete(finish: () => Promise<LoginOutcome>): Promise<LoginOutcome>;
}

/**
 * Claims the login of a state, once over all processes, and only for the browser that holds the state's login cookie.
 * Resolves with the outcome instead when the login is finished: equal requests at the same moment wait for it.
 */
export async function claimLogin(
  { states, clock }: { states: LoginStateStore; clock: Clock },
  { state, cookie }: { state: string | undefined; cookie: string | undefined },
): Promise<LoginClaim | LoginOutcome> {
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
    const release = stored.outcome === undefined ? await states.claim(hash, claimSec) : undefined;
    if (release !== undefined) return claimed(states, { state, cookie, release });
    await sleep(pollMs);
  }
}

function claimed(
  states: Pick<LoginStateStore, "complete">,
  { state, cookie, release }: { state: string; cookie: string; release: () => Promise<void> },
): LoginClaim {
  return {
    kind: "claimed",
    state,
    cookie,
    async complete(finish) {
      try {
        const outcome = await finish();
        await states.complete(sha256Hex(state), encryptForHolder(JSON.stringify(outcome), cookie), repeatSec);
        return outcome;
      } catch (error) {
        await release();
        throw error;
      }
    },
  };
}
