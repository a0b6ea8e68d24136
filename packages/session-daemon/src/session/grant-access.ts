import type { GrantId } from "@fjmcp/shared/ids";
import type { VerifiedToken } from "../auth/authenticator.ts";
import type { Principal } from "@fjmcp/shared/principal";
import { EntriesByAccount } from "../entries-by-account.ts";
import { accessKey } from "../policy/tool-access.ts";

interface Entry {
  readonly owner: Principal;
  token: VerifiedToken;
}

/** Beyond this many, the account that has the most loses its oldest: that grant is unknown until it is used again. */
const maxGrants = 10_000;

/** What the newest token of each grant allows: all that a grant is allowed when nothing presents a token. */
export class GrantAccess {
  readonly #entries = new Map<GrantId, Entry>();
  readonly #byAccount = new EntriesByAccount<Entry>();

  /**
   * To be called for each token that was verified. True when the grant's newest token allows something else than before;
   * an older token of the grant, which may allow more, changes nothing.
   */
  observe({ grantId, accountId, clientId }: Principal, token: VerifiedToken): boolean {
    const entry = this.#entries.get(grantId);
    if (entry === undefined) {
      this.#add({ owner: { grantId, accountId, clientId }, token });
      return false;
    }
    if (token.issuedAtSec < entry.token.issuedAtSec) return false;
    const hasChanged = accessKey(entry.token.access) !== accessKey(token.access);
    entry.token = token;
    return hasChanged;
  }

  /** The newest token of the grant; undefined when none is known. */
  newest(grantId: GrantId): VerifiedToken | undefined {
    return this.#entries.get(grantId)?.token;
  }

  /** Deletes what is known of the grants that match. */
  delete(matches: (owner: Principal) => boolean): void {
    for (const entry of this.#entries.values()) if (matches(entry.owner)) this.#remove(entry);
  }

  #add(entry: Entry): void {
    const evicted = this.#entries.size < maxGrants ? undefined : this.#byAccount.toEvict();
    if (evicted !== undefined) this.#remove(evicted);
    this.#entries.set(entry.owner.grantId, entry);
    this.#byAccount.add(entry.owner.accountId, entry);
  }

  #remove(entry: Entry): void {
    this.#entries.delete(entry.owner.grantId);
    this.#byAccount.delete(entry.owner.accountId, entry);
  }
}
