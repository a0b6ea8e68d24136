import type { GrantId, Hash } from "@fjmcp/shared/ids";
import type { Principal } from "@fjmcp/shared/principal";
import type { ToolAccess } from "../policy/tool-access.ts";
import type { GrantAccess } from "./grant-access.ts";

interface SubscriptionAccessDeps {
  readonly grants: GrantAccess;
  /** Whether the access includes the resource. */
  readonly includes: (access: ToolAccess, uri: string) => boolean;
  /** Reads a token again and reports it to `grants`; resolves with whether it is still valid. */
  readonly reverify: (token: Hash) => Promise<boolean>;
  /** Ends the subscriptions that match. */
  readonly end: (matches: (owner: Principal, uri: string) => boolean) => void;
}

/** Keeps subscriptions, which outlive the request that made them, to what their grant allows now. */
export class SubscriptionAccess {
  readonly #deps: SubscriptionAccessDeps;

  constructor(deps: SubscriptionAccessDeps) {
    this.#deps = deps;
  }

  /** Whether clients of the grant may get updates of the resource; false when it is not known what the grant allows. */
  allows(grantId: GrantId, uri: string): boolean {
    const { grants, includes } = this.#deps;
    const token = grants.newest(grantId);
    return token !== undefined && includes(token.access, uri);
  }

  /** Ends the subscriptions of the grant that its newest known token does not allow. */
  restrict(grantId: GrantId): void {
    this.#deps.end((owner, uri) => owner.grantId === grantId && !this.allows(grantId, uri));
  }

  /**
   * What the grant allows has changed. Rejects with StoreUnavailableError; then, and when its newest token is not valid any
   * more, all its subscriptions have ended.
   */
  async refresh(grantId: GrantId): Promise<void> {
    const { grants, reverify } = this.#deps;
    const token = grants.newest(grantId);
    let isValid = false;
    try {
      isValid = token !== undefined && (await reverify(token.hash));
    } finally {
      if (!isValid) grants.delete((owner) => owner.grantId === grantId);
      this.restrict(grantId);
    }
  }
}
