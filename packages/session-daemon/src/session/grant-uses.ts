import { maxUsesPerRequest, type GrantUsesRequest } from "@fjmcp/shared/ipc/grant-uses";
import type { Clock } from "@fjmcp/shared/clock";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";

/** Grants whose use is not reported yet. Beyond this many, the one that was marked first is dropped. */
const maxGrants = 10_000;

type GrantUse = GrantUsesRequest["uses"][number];

/** Sends uses to where they are recorded. Rejects when they were not. */
type ReportGrantUses = (uses: readonly GrantUse[]) => Promise<void>;

/** The last use of each grant, marked in memory and reported in batches: a call costs no input or output. */
export class GrantUses {
  readonly #clock: Clock;
  readonly #report: ReportGrantUses;
  #marked = new Map<GrantId, GrantUse>();

  constructor(clock: Clock, report: ReportGrantUses) {
    this.#clock = clock;
    this.#report = report;
  }

  /** The grant is used now. */
  mark({ grantId, accountId }: { grantId: GrantId; accountId: AccountId }): void {
    this.#add({ grantId, accountId, usedAtMs: this.#clock() });
  }

  /** Reports all marks, each grant once. Those of a batch that fails are kept for the next time; rejects with its error. */
  async flush(): Promise<void> {
    const uses = [...this.#marked.values()];
    this.#marked = new Map();
    for (let from = 0; from < uses.length; from += maxUsesPerRequest) {
      try {
        await this.#report(uses.slice(from, from + maxUsesPerRequest));
      } catch (error) {
        for (const use of uses.slice(from)) if (!this.#marked.has(use.grantId)) this.#add(use);
        throw error;
      }
    }
  }

  #add(use: GrantUse): void {
    const [oldest] = this.#marked.keys();
    if (oldest !== undefined && this.#marked.size >= maxGrants && !this.#marked.has(use.grantId))
      this.#marked.delete(oldest);
    this.#marked.set(use.grantId, use);
  }
}
