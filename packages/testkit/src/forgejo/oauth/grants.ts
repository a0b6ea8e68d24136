/** A user's consent to one app: at most ONE per user and app. */
export interface ForgejoGrant {
  readonly id: number;
  readonly userId: number;
  readonly appId: number;
  /** The scope of the first consent; later requests do not change it. */
  readonly scope: string;
  /** Incremented by every code exchange and refresh; a refresh token carries the value at its issue. */
  counter: number;
  /** OpenID's nonce of the latest authorization. */
  nonce: string;
}

export class Grants {
  readonly #grants = new Map<number, ForgejoGrant>();
  #lastId = 0;

  create(grant: { userId: number; appId: number; scope: string }): ForgejoGrant {
    this.#lastId += 1;
    const created = { ...grant, id: this.#lastId, counter: 0, nonce: "" };
    this.#grants.set(created.id, created);
    return created;
  }

  byId(id: number): ForgejoGrant | undefined {
    return this.#grants.get(id);
  }

  of(userId: number, appId: number): ForgejoGrant | undefined {
    return [...this.#grants.values()].find((grant) => grant.userId === userId && grant.appId === appId);
  }

  ofUser(userId: number): ForgejoGrant[] {
    return [...this.#grants.values()].filter((grant) => grant.userId === userId);
  }

  /** Invalidates all tokens of the grant, access tokens too. */
  revoke(grant: ForgejoGrant): void {
    this.#grants.delete(grant.id);
  }

  revokeAllOfUser(userId: number): void {
    for (const grant of this.ofUser(userId)) this.revoke(grant);
  }

  revokeAllOfApp(appId: number): void {
    for (const grant of this.#grants.values()) if (grant.appId === appId) this.#grants.delete(grant.id);
  }
}
