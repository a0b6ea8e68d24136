import type { GrantId } from "@fjmcp/shared/ids";
import type { Principal } from "@fjmcp/shared/principal";
import type { WorkerPool } from "../worker/worker-pool.ts";
import type { ActiveExchanges } from "./active-exchanges.ts";
import type { GrantLiveness } from "./grant-liveness.ts";

/** What is kept for the clients of a grant beyond their exchanges. */
interface KeptForGrants {
  grants(): Iterable<GrantId>;
  clear(matches: (owner: Principal) => boolean): void;
}

/** Ends the exchanges and workers of grants that have ended. */
export class GrantTerminator {
  readonly #pool: WorkerPool;
  readonly #exchanges: ActiveExchanges;
  readonly #grants: GrantLiveness;
  readonly #kept: KeptForGrants;
  readonly #onEnding: (matches: (owner: Principal) => boolean) => void;

  /** `onEnding` is called first when grants have ended, before their exchanges and workers end. */
  constructor(
    pool: WorkerPool,
    exchanges: ActiveExchanges,
    kept: KeptForGrants,
    grants: GrantLiveness,
    onEnding: (matches: (owner: Principal) => boolean) => void,
  ) {
    this.#pool = pool;
    this.#exchanges = exchanges;
    this.#kept = kept;
    this.#grants = grants;
    this.#onEnding = onEnding;
  }

  /** Closes all open exchanges whose owner matches, then ends the workers; resolves once their processes are gone. */
  async end(matches: (owner: Principal) => boolean): Promise<{ workers: number; streams: number }> {
    this.#onEnding(matches);
    const streams = this.#exchanges.revoke(matches);
    this.#kept.clear(matches);
    return { streams, workers: await this.#pool.end(matches) };
  }

  /**
   * To be called once an exchange or a worker of the grant is registered whose access was checked before: the grant may
   * have been revoked in between, and `end` came too early to find it. Ends all of the grant then, and resolves with
   * whether it did. Rejects with StoreUnavailableError; the sweep makes up for it.
   */
  async endIfRevoked(grantId: GrantId): Promise<boolean> {
    const [revoked] = await this.#grants.findRevoked([grantId]);
    if (revoked === undefined) return false;
    await this.end((owner) => owner.grantId === revoked);
    return true;
  }

  /**
   * Ends the exchanges and workers of grants whose end was not notified, because the call of the auth-server was lost.
   * Resolves with the number of such grants. Ends nothing and rejects with StoreUnavailableError while the store is
   * unavailable.
   */
  async sweep(): Promise<number> {
    const running = [
      ...new Set([...this.#pool.liveGrants(), ...this.#exchanges.grants(), ...this.#kept.grants()]),
    ];
    if (running.length === 0) return 0;
    const ended = new Set(await this.#grants.findRevoked(running));
    if (ended.size > 0) await this.end(({ grantId }) => ended.has(grantId));
    return ended.size;
  }
}
