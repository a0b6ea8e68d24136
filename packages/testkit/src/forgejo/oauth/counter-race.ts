import { setImmediate, setTimeout as sleep } from "node:timers/promises";
import type { ForgejoGrant } from "./grants.ts";

/**
 * Forgejo reads a grant's counter and increases it in two statements. A code exchange and a refresh, or two of one kind,
 * that overlap in time race for it: the loser gets `invalid_grant` and a code that it presented is burned.
 */
export class CounterRace {
  /** The time between the two statements, which makes a race likely. */
  windowMs = 0;
  #lossesLeft = 0;

  /** Makes the next `times` exchanges and refreshes lose, as if another one had increased the counter meanwhile. */
  lose(times: number): void {
    this.#lossesLeft += times;
  }

  /** Reads the counter, and resolves with that value when it may have changed since. */
  async readCounter(grant: ForgejoGrant): Promise<number> {
    const { counter } = grant;
    if (this.#lossesLeft > 0) {
      this.#lossesLeft -= 1;
      grant.counter += 1;
    }
    await (this.windowMs > 0 ? sleep(this.windowMs) : setImmediate());
    return counter;
  }
}
