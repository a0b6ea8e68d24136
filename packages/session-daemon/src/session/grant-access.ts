import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import { EntriesByAccount } from "../entries-by-account.ts";

interface Entry {
  readonly grantId: GrantId;
  readonly accountId: AccountId;
  /** What the newest token of the grant allows. */
  key: string;
  issuedAtSec: number;
}

/** Beyond this many, the account that has the most loses its oldest: a change of that grant is then not noticed. */
const maxGrants = 10_000;

/** Notices by the tokens of a grant that what it allows has changed. */
export class GrantAccess {
  readonly #entries = new Map<GrantId, Entry>();
  readonly #byAccount = new EntriesByAccount<Entry>();

  /**
   * To be called for each token that was verified. True when the grant's newest token allows something else than before;
   * an older token of the grant, which may allow more, changes nothing.
   */
  observe(owner: { grantId: GrantId; accountId: AccountId }, key: string, issuedAtSec: number): boolean {
    const { grantId, accountId } = owner;
    const entry = this.#entries.get(grantId);
    if (entry === undefined) {
      this.#add({ grantId, accountId, key, issuedAtSec });
      return false;
    }
    if (issuedAtSec < entry.issuedAtSec) return false;
    const hasChanged = entry.key !== key;
    entry.key = key;
    entry.issuedAtSec = issuedAtSec;
    return hasChanged;
  }

  #add(entry: Entry): void {
    const evicted = this.#entries.size < maxGrants ? undefined : this.#byAccount.toEvict();
    if (evicted !== undefined) {
      this.#entries.delete(evicted.grantId);
      this.#byAccount.delete(evicted.accountId, evicted);
    }
    this.#entries.set(entry.grantId, entry);
    this.#byAccount.add(entry.accountId, entry);
  }
}
