import type { AccountId } from "@fjmcp/shared/ids";
import type { AccountState } from "@fjmcp/shared/ipc/explain";
import type { GrantedAccess } from "../grant/granted-access.ts";
import type { AccountStateOf } from "./tokens/account-state.ts";
import type { RefreshAhead } from "./tokens/refresh-ahead.ts";
import type { Upstream } from "./upstream.ts";
import type { VaultKeys } from "./vault/vault.ts";

/**
 * Our applications in Forgejo. Forgejo keeps a grant for each user and application, so that an account has tokens of each
 * one apart: they are refreshed, replaced and invalidated without regard to the others. Rejects with StoreUnavailableError.
 */
export interface ForgejoApplications {
  /** The first one, and the second one where there is one. */
  readonly all: readonly Upstream[];
  /** The one that authorizes an access: what only reads is authorized by the second one, where there is one. */
  forAccess(access: Pick<GrantedAccess, "scopes">): Upstream;
  /** By its client id, the first one without; undefined when it is not, or no longer, configured. */
  find(forgejoClientId: string | undefined): Upstream | undefined;
  /** The account's login name, for display, as Forgejo last gave it; undefined when the account is not connected. */
  loginOf(account: AccountId): Promise<string | undefined>;
  /** How the account is now, by the application whose tokens tell most. */
  readonly stateOf: AccountStateOf;
  /** Deletes the account's tokens of each application. */
  deleteTokens(account: AccountId): Promise<void>;
  /** Refreshes the account's tokens of each application ahead of time. */
  readonly refreshAhead: RefreshAhead;
  readonly vaultKeys: VaultKeys;
  /** As Upstream's. */
  drain(): Promise<void>;
}

/** The states of an account, those first that tell most. */
const statesByPrecedence: readonly AccountState["status"][] = [
  "suspended",
  "key_missing",
  "not_allowed",
  "rejected",
  "unavailable",
  "ok",
  "not_asked",
  "no_tokens",
];

/** `readOnly`: the second one, whose tokens cannot write. */
export function createForgejoApplications(
  first: Upstream,
  readOnly: Upstream | undefined,
): ForgejoApplications {
  const all = readOnly === undefined ? [first] : [first, readOnly];

  return {
    all,

    forAccess: ({ scopes }) => (scopes.includes("forgejo:write") ? first : (readOnly ?? first)),

    find: (clientId = first.forgejoClientId) =>
      all.find(({ forgejoClientId }) => forgejoClientId === clientId),

    async loginOf(account) {
      const found = await Promise.all(all.map((upstream) => upstream.loginOf(account)));
      const known = found.filter((one) => one !== undefined);
      return known.toSorted((a, b) => b.issuedAtSec - a.issuedAtSec)[0]?.login;
    },

    async stateOf(account) {
      const found = await Promise.all(all.map((upstream) => upstream.stateOf(account)));
      return found.toSorted(
        (a, b) => statesByPrecedence.indexOf(a.status) - statesByPrecedence.indexOf(b.status),
      )[0]!;
    },

    async deleteTokens(account) {
      for (const upstream of all) await upstream.deleteTokens(account);
    },

    async refreshAhead(account) {
      for (const upstream of all) await upstream.refreshAhead(account);
    },

    vaultKeys: {
      keyIdsOf: async (account) =>
        (await Promise.all(all.map(({ vaultKeys }) => vaultKeys.keyIdsOf(account)))).flat(),
      mayNeedRenewal: all.some(({ vaultKeys }) => vaultKeys.mayNeedRenewal),
      async renewEncryption(account) {
        const renewals = await Promise.allSettled(
          all.map(({ vaultKeys }) => vaultKeys.renewEncryption(account)),
        );
        for (const renewal of renewals) if (renewal.status === "rejected") throw renewal.reason;
      },
    },

    async drain() {
      await Promise.all(all.map((upstream) => upstream.drain()));
    },
  };
}
