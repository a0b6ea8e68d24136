import type { GrantId, Hash } from "@fjmcp/shared/ids";
import { mcpLogLevels, type McpLogLevel } from "@fjmcp/shared/mcp-log-level";
import type { Principal } from "@fjmcp/shared/principal";
import { EntriesByAccount } from "../entries-by-account.ts";

interface Entry {
  readonly session: Hash;
  readonly owner: Principal;
  readonly level: McpLogLevel;
  /** On the clock of `performance.now()`. */
  usedAtMs: number;
}

/** Beyond this many, the account that has the most loses its oldest; its next use enters it again. */
const maxEntries = 10_000;

/** The log levels of the sessions that are in use on this daemon; sessions whose client has set none are not here. */
export class SessionLogLevels {
  readonly #bySession = new Map<Hash, Entry>();
  readonly #byAccount = new EntriesByAccount<Entry>();
  readonly #onChanged: (grantId: GrantId, level: McpLogLevel) => void;

  /** `onChanged` is called when another level is the most verbose one of a grant. */
  constructor(onChanged: (grantId: GrantId, level: McpLogLevel) => void) {
    this.#onChanged = onChanged;
  }

  /** To be called when the level is set, and whenever the session is used. */
  set({ grantId, accountId, clientId }: Principal, session: Hash, level: McpLogLevel): void {
    // Not the whole argument: it may have the caller's token.
    const owner = { grantId, accountId, clientId };
    const known = this.#bySession.get(session);
    if (known?.level === level && known.owner.grantId === owner.grantId) {
      known.usedAtMs = performance.now();
      return;
    }
    this.#watched([owner.grantId, known?.owner.grantId], () => {
      if (known !== undefined) this.#remove(known);
      const entry = { session, owner, level, usedAtMs: performance.now() };
      this.#bySession.set(session, entry);
      this.#byAccount.add(owner.accountId, entry);
    });
    const evicted = this.#bySession.size > maxEntries ? this.#byAccount.toEvict() : undefined;
    if (evicted !== undefined) this.delete(evicted.session);
  }

  /** Undefined for a session without a level, and for one that was not used lately. */
  of(session: Hash): McpLogLevel | undefined {
    return this.#bySession.get(session)?.level;
  }

  /** Undefined when no session of the grant has a level. */
  mostVerbose(grantId: GrantId): McpLogLevel | undefined {
    const levels = new Set<McpLogLevel>();
    for (const { owner, level } of this.#bySession.values()) if (owner.grantId === grantId) levels.add(level);
    return mcpLogLevels.find((level) => levels.has(level));
  }

  /** The session has ended. */
  delete(session: Hash): void {
    const entry = this.#bySession.get(session);
    if (entry !== undefined) this.#watched([entry.owner.grantId], () => this.#remove(entry));
  }

  /** Deletes the sessions that were not used for `unusedMs`, except those that `isConnected`. */
  prune(unusedMs: number, isConnected: (owner: Principal, session: Hash) => boolean): void {
    const usedBeforeMs = performance.now() - unusedMs;
    for (const { usedAtMs, owner, session } of this.#bySession.values()) {
      if (usedAtMs < usedBeforeMs && !isConnected(owner, session)) this.delete(session);
    }
  }

  #remove(entry: Entry): void {
    this.#bySession.delete(entry.session);
    this.#byAccount.delete(entry.owner.accountId, entry);
  }

  #watched(grants: readonly (GrantId | undefined)[], change: () => void): void {
    const known = new Set(grants.filter((grantId) => grantId !== undefined));
    const before = new Map(Array.from(known, (grantId) => [grantId, this.mostVerbose(grantId)]));
    change();
    for (const [grantId, level] of before) {
      const now = this.mostVerbose(grantId);
      if (now !== undefined && now !== level) this.#onChanged(grantId, now);
    }
  }
}
