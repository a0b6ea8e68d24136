import { setTimeout as sleep } from "node:timers/promises";
import { sha256Hex } from "@fjmcp/shared/hash";
import { constantTimeEqual } from "../crypto/constant-time-equal.ts";
import { decryptForHolder, encryptForHolder } from "../crypto/holder-cipher.ts";
import { repeatSec } from "../repeat-window.ts";
import type { LoginOutcome } from "./login-outcome.ts";
import type { LoginStateStore } from "./login-state-store.ts";

/** Longer than an exchange with Forgejo lasts. If the process ends in mid-exchange, another request can claim it then. */
const claimSec = 60;
const pollMs = 100;

/**
 * Runs `finish` once per state, over all processes, and only for the browser that holds the state's login cookie. Equal
 * requests at the same moment wait for its outcome, and for `repeatSec` a repeated request gets that outcome again.
 */
export async function finishOnce(
  states: LoginStateStore,
  presented: { state: string | undefined; cookie: string | undefined },
  finish: (state: string, cookie: string) => Promise<LoginOutcome>,
): Promise<LoginOutcome> {
  const { state, cookie } = presented;
  if (state === undefined) return noPendingLogin("no state");
  if (cookie === undefined) return noPendingLogin("no login cookie");
  const hash = sha256Hex(state);
  for (;;) {
    const stored = await states.find(hash);
    if (stored === undefined) return noPendingLogin("unknown, used or expired state");
    if (!constantTimeEqual(stored.binding, sha256Hex(cookie)))
      return noPendingLogin("another browser's state");
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

export function noPendingLogin(detail: string): LoginOutcome {
  return { kind: "no_pending_login", detail };
}
