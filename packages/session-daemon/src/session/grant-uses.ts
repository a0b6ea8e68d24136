import {
  maxLastTools,
  maxUsesPerRequest,
  toolName,
  type GrantUsesRequest,
} from "@fjmcp/shared/ipc/grant-uses";
import type { Clock } from "@fjmcp/shared/clock";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";

/** Grants whose use is not reported yet. Beyond this many, the one that was marked first is dropped. */
const maxGrants = 10_000;

type GrantUse = GrantUsesRequest["uses"][number];

/** Sends uses to where they are recorded. Rejects when they were not. */
type ReportGrantUses = (uses: readonly GrantUse[]) => Promise<void>;

/** The last use of each grant, and the tools called last with it, marked in memory and reported in batches: a call costs no input or output. */
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
    const tools = this.#marked.get(grantId)?.tools;
    this.#add({ grantId, accountId, usedAtMs: this.#clock(), ...(tools && { tools }) });
  }

  /** A tool is called now; a name that MCP does not allow is left out. */
  markTool({ grantId, accountId }: { grantId: GrantId; accountId: AccountId }, tool: string): void {
    const before = this.#marked.get(grantId)?.tools ?? [];
    const isKept = before[0] === tool || !toolName.safeParse(tool).success;
    const tools = isKept ? before : lastOf([tool], before);
    this.#add({ grantId, accountId, usedAtMs: this.#clock(), tools });
  }

  /** Reports all marks, each grant once. Those of a batch that fails are kept for the next time; rejects with its error. */
  async flush(): Promise<void> {
    const uses = [...this.#marked.values()];
    this.#marked = new Map();
    for (let from = 0; from < uses.length; from += maxUsesPerRequest) {
      try {
        await this.#report(uses.slice(from, from + maxUsesPerRequest));
      } catch (error) {
        for (const use of uses.slice(from)) this.#putBack(use);
        throw error;
      }
    }
  }

  /** Newer marks win; the tools of both are kept. */
  #putBack(use: GrantUse): void {
    const newer = this.#marked.get(use.grantId);
    if (newer === undefined) return this.#add(use);
    const tools = lastOf(newer.tools ?? [], use.tools ?? []);
    return this.#add({ ...newer, ...(tools.length > 0 && { tools }) });
  }

  #add(use: GrantUse): void {
    const [oldest] = this.#marked.keys();
    if (oldest !== undefined && this.#marked.size >= maxGrants && !this.#marked.has(use.grantId))
      this.#marked.delete(oldest);
    this.#marked.set(use.grantId, use);
  }
}

/** Each name once, those of `newer` first, as many as are kept. */
function lastOf(newer: readonly string[], older: readonly string[]): string[] {
  return [...new Set([...newer, ...older])].slice(0, maxLastTools);
}
