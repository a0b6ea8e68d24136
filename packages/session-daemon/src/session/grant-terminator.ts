import type { Principal } from "../auth/principal.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import type { ActiveExchange, ActiveExchanges } from "./active-exchanges.ts";
import type { GrantLiveness } from "./grant-liveness.ts";

/** Ends what runs on access that is no more. */
export class GrantTerminator {
  readonly #pool: WorkerPool;
  readonly #exchanges: ActiveExchanges;
  readonly #grants: GrantLiveness;
  readonly #onEnding: () => void;

  /** `onEnding` is told whenever access has ended, before anything else is done about it. */
  constructor(pool: WorkerPool, exchanges: ActiveExchanges, grants: GrantLiveness, onEnding: () => void) {
    this.#pool = pool;
    this.#exchanges = exchanges;
    this.#grants = grants;
    this.#onEnding = onEnding;
  }

  /** Closes all open exchanges whose owner matches, then ends the workers; resolves once their processes are gone. */
  async end(matches: (owner: Principal) => boolean): Promise<{ workers: number; streams: number }> {
    this.#onEnding();
    const streams = this.#exchanges.revoke(matches);
    return { streams, workers: await this.#pool.end(matches) };
  }

  /**
   * For an exchange that has just been opened: its grant may have ended between the check of its token and the moment
   * it could be found here. Rejects with StoreUnavailableError.
   */
  async terminateIfRevoked(exchange: ActiveExchange): Promise<void> {
    const ended = await this.#grants.ended([exchange.owner.grantId]);
    if (ended.length > 0) exchange.revoke();
  }

  /**
   * Ends what runs for grants that have ended unnoticed, because the call that should have told got lost. While the
   * store can not be asked (StoreUnavailableError), nothing ends. Resolves with the number of such grants.
   */
  async sweep(): Promise<number> {
    const running = [...new Set([...this.#pool.liveGrants(), ...this.#exchanges.grants()])];
    if (running.length === 0) return 0;
    const ended = new Set(await this.#grants.ended(running));
    if (ended.size > 0) await this.end(({ grantId }) => ended.has(grantId));
    return ended.size;
  }
}
