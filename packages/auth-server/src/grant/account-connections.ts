import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import { displayText } from "@fjmcp/shared/display-text";
import { maxLabelLength } from "@fjmcp/shared/ipc/admin";
import type { EndedAccess } from "./ended-access.ts";
import type { GrantDirectory, ListedGrant } from "./grant-directory.ts";
import type { GrantedAccess } from "./granted-access.ts";
import type { GrantNarrowing } from "./grant-narrowing.ts";
import type { GrantRevocation } from "./grant-revocation.ts";
import type { GrantStore, NarrowingOutcome } from "./grant-store.ts";

type EndOutcome = "ended" | "unknown";

/**
 * What a user can do with the connections of an account, which are its grants. A grant of another account is `unknown`,
 * as one that has ended. Rejects with StoreUnavailableError.
 */
export interface AccountConnections {
  list(account: AccountId): Promise<ListedGrant[]>;
  find(account: AccountId, grant: GrantId): Promise<ListedGrant | undefined>;
  /**
   * Gives a connection a name of the user's own, cleaned for display. An empty one removes it, but changes nothing for a
   * personal token, which always has a name.
   */
  rename(account: AccountId, grant: GrantId, name: string): Promise<"renamed" | "unchanged" | "unknown">;
  narrow(account: AccountId, grant: GrantId, access: GrantedAccess): Promise<NarrowingOutcome>;
  /**
   * Resolves once its tokens, processes and streams have ended; `ended` for the one caller that has ended it. `by`: the
   * user, or the account of an administrator of Forgejo, which is logged before the connection ends.
   */
  end(account: AccountId, grant: GrantId, by: "user" | { administrator: AccountId }): Promise<EndOutcome>;
}

export function createAccountConnections(deps: {
  directory: GrantDirectory;
  store: Pick<GrantStore, "rename">;
  narrowGrant: GrantNarrowing;
  revocation: Pick<GrantRevocation, "revoke">;
  events: {
    grantRenamed(grant: { grantId: GrantId; accountId: AccountId }): void;
    accessEnded(ended: EndedAccess): void;
  };
}): AccountConnections {
  const { directory, store, narrowGrant, revocation, events } = deps;

  async function find(account: AccountId, grant: GrantId): Promise<ListedGrant | undefined> {
    return (await directory.grantsOf(account)).find(({ grantId }) => grantId === grant);
  }

  return {
    list: (account) => directory.grantsOf(account),
    find,

    async rename(accountId, grantId, name) {
      const found = await find(accountId, grantId);
      if (found === undefined) return "unknown";
      const label = displayText(name, maxLabelLength);
      if (label === "" && found.personalToken !== undefined) return "unchanged";
      if (!(await store.rename(grantId, label))) return "unknown";
      events.grantRenamed({ grantId, accountId });
      return "renamed";
    },

    async narrow(account, grant, access) {
      if ((await find(account, grant)) === undefined) return "unknown";
      return narrowGrant(grant, access, "user");
    },

    async end(accountId, grantId, by) {
      if ((await find(accountId, grantId)) === undefined) return "unknown";
      if (by !== "user") events.accessEnded({ kind: "connection", ...by, accountId, grantId });
      const reason = by === "user" ? "disconnected" : "administrator";
      return (await revocation.revoke(grantId, reason)) ? "ended" : "unknown";
    },
  };
}
