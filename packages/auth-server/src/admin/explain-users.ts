import { clientRef } from "@fjmcp/shared/client-ref";
import type { AccountId } from "@fjmcp/shared/ids";
import type { ExplainUsersResponse, ExplainedUser } from "@fjmcp/shared/ipc/explain";
import type { AccountEvent } from "../grant/account-history.ts";
import type { ListedGrant } from "../grant/grant-directory.ts";
import type { AdminDeps } from "./admin-deps.ts";
import { mapInTurns } from "./map-in-turns.ts";

type Deps = Pick<AdminDeps, "directory" | "history" | "loginOf" | "describeClient" | "stateOf">;

/**
 * What happened to the accounts with this id or login name, and how they are now; also those whose connections have all
 * ended, by the login names in their history. Rejects with StoreUnavailableError.
 */
export async function explainUsers(deps: Deps, user: string): Promise<ExplainUsersResponse> {
  const [connected, known] = await Promise.all([deps.directory.accounts(), deps.history.accounts()]);
  const accounts = [...new Set([...connected, ...known])];
  const logins = await mapInTurns(accounts, (account) => lastLogin(deps, account));
  const wanted = user.toLowerCase();
  const found = accounts
    .map((accountId, index) => ({ accountId, login: logins[index] }))
    .filter(({ accountId, login }) => accountId === user || login?.toLowerCase() === wanted);
  return { users: await mapInTurns(found, (account) => explain(deps, account)) };
}

/** The login name, as Forgejo gave it last. */
async function lastLogin({ loginOf, history }: Deps, account: AccountId): Promise<string | undefined> {
  return (await loginOf(account)) ?? loginIn(await history.list(account));
}

function loginIn(events: readonly AccountEvent[]): string | undefined {
  for (const event of events) if ("login" in event && event.login !== undefined) return event.login;
  return undefined;
}

async function explain(
  deps: Deps,
  { accountId, login }: { accountId: AccountId; login: string | undefined },
): Promise<ExplainedUser> {
  const [events, grants, state] = await Promise.all([
    deps.history.list(accountId),
    deps.directory.grantsOf(accountId),
    deps.stateOf(accountId),
  ]);
  return {
    accountId,
    login,
    state,
    grants: await mapInTurns(grants, (grant) => describe(deps, grant)),
    events: events.map(withoutOwnNames),
  };
}

async function describe(
  { describeClient }: Deps,
  grant: ListedGrant,
): Promise<ExplainedUser["grants"][number]> {
  const { grantId, clientId, access, createdAtSec, personalToken, lastUsedAtMs } = grant;
  const isPersonalToken = personalToken !== undefined;
  const name = isPersonalToken ? undefined : (await describeClient(clientId))?.name;
  return {
    grantId,
    clientRef: clientRef(clientId),
    ...(name && { clientName: name }),
    isPersonalToken,
    scopes: [...access.scopes],
    createdAtSec,
    expiresAtSec: personalToken?.expiresAtSec,
    lastUsedAtSec: lastUsedAtMs && Math.floor(lastUsedAtMs / 1000),
  };
}

function withoutOwnNames(event: AccountEvent): ExplainedUser["events"][number] {
  if (event.kind === "viewed") return event;
  const { label: _label, ...rest } = event;
  return rest;
}
