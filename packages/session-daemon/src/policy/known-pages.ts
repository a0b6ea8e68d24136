import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import { EntriesByAccount } from "../entries-by-account.ts";

/** By cursor, the digest of the page as the child gave it. */
export type Pages = Map<string, string>;

interface Entry {
  readonly grantId: GrantId;
  readonly accountId: AccountId;
  readonly pages: Pages;
}

/** Beyond this many grants, the account that has the most loses its oldest. */
const maxGrants = 10_000;
const maxPages = 50;

/** Which pages of its list of tools a grant's child has given, since the list last changed. */
export class KnownPages {
  readonly #grants = new Map<GrantId, Entry>();
  readonly #byAccount = new EntriesByAccount<Entry>();

  /** The pages of a grant; a list that changes later gets another map. */
  of({ grantId, accountId }: Pick<Entry, "grantId" | "accountId">): Pages {
    const known = this.#grants.get(grantId);
    if (known !== undefined) return known.pages;
    if (this.#grants.size >= maxGrants) this.#delete(this.#byAccount.toEvict());
    const entry: Entry = { grantId, accountId, pages: new Map() };
    this.#grants.set(grantId, entry);
    this.#byAccount.add(accountId, entry);
    return entry.pages;
  }

  /** Adds a page to the map that `of` returned before the child was asked: no longer used if the list changed since. */
  static add(pages: Pages, cursor: string, digest: string): void {
    if (pages.size < maxPages) pages.set(cursor, digest);
  }

  /** The child's list has changed, or may have. */
  clear(grantId: GrantId): void {
    this.#delete(this.#grants.get(grantId));
  }

  #delete(entry: Entry | undefined): void {
    if (entry === undefined) return;
    this.#grants.delete(entry.grantId);
    this.#byAccount.delete(entry.accountId, entry);
  }
}
