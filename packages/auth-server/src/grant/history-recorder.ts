import type { Clock } from "@fjmcp/shared/clock";
import { clientRef } from "@fjmcp/shared/client-ref";
import type { AccountId, ClientId } from "@fjmcp/shared/ids";
import type { AccountEvent, AccountHistory } from "./account-history.ts";
import type { OwnedGrant } from "./grant-store.ts";
import { personalTokenClientId } from "./personal-token.ts";
import type { RevocationReason } from "@fjmcp/shared/ipc/explain";

/**
 * Writes what happened to grants to the history of their account, with the names that they have now. Never rejects: a
 * failure is logged.
 */
export interface HistoryRecorder {
  connected(grant: OwnedGrant): Promise<void>;
  tokenCreated(account: AccountId, name: string): Promise<void>;
  narrowed(grant: OwnedGrant, by: "user" | "administrator"): Promise<void>;
  ended(grant: OwnedGrant, reason: RevocationReason): Promise<void>;
}

export function createHistoryRecorder(deps: {
  history: Pick<AccountHistory, "add">;
  describeClient: (client: ClientId) => Promise<{ readonly name: string } | undefined>;
  loginOf: (account: AccountId) => Promise<string | undefined>;
  events: { accountHistoryFailed(failure: { accountId: AccountId; error: Error }): void };
  clock: Clock;
}): HistoryRecorder {
  const { history, describeClient, loginOf, events, clock } = deps;

  async function connectionOf({ clientId, label }: OwnedGrant) {
    const isPersonalToken = clientId === personalTokenClientId;
    const client = isPersonalToken ? undefined : await describeClient(clientId);
    const clientName = client?.name === "" ? undefined : client?.name;
    return { atMs: clock(), clientRef: clientRef(clientId), clientName, isPersonalToken, label };
  }

  async function add(accountId: AccountId, event: () => Promise<AccountEvent>): Promise<void> {
    try {
      await history.add(accountId, await event());
    } catch (error) {
      events.accountHistoryFailed({ accountId, error: error as Error });
    }
  }

  async function begun(kind: "connected" | "token_created", grant: OwnedGrant): Promise<AccountEvent> {
    const [connection, login] = await Promise.all([connectionOf(grant), loginOf(grant.accountId)]);
    return { kind, ...connection, login };
  }

  return {
    connected: (grant) => add(grant.accountId, () => begun("connected", grant)),
    tokenCreated: (accountId, label) =>
      add(accountId, () => begun("token_created", { accountId, clientId: personalTokenClientId, label })),
    narrowed: (grant, by) =>
      add(grant.accountId, async () => ({ kind: "narrowed", ...(await connectionOf(grant)), by })),
    ended: (grant, reason) =>
      add(grant.accountId, async () => ({ kind: "ended", ...(await connectionOf(grant)), reason })),
  };
}
