import type { ListUsersResponse, listUsersQuery } from "@fjmcp/shared/ipc/admin";
import { takePage } from "@fjmcp/shared/ipc/page";
import type { AccountId } from "@fjmcp/shared/ids";
import type { z } from "zod";
import type { AdminDeps } from "./admin-deps.ts";
import { mapInTurns } from "./map-in-turns.ts";

type Deps = Pick<AdminDeps, "directory" | "loginOf">;

/** The accounts with a living grant, in the order of their ids. Rejects with StoreUnavailableError. */
export async function listUsers(
  deps: Deps,
  query: z.infer<typeof listUsersQuery>,
): Promise<ListUsersResponse> {
  const all = await deps.directory.accounts();
  const accounts = query.find === undefined ? all : await findAccounts(deps, all, query.find);
  const { items, ...rest } = takePage(accounts, (id) => id.padStart(20, "0"), query);
  const users = await mapInTurns(items, (account) => describeUser(deps, account));
  return { users: users.filter(({ grants }) => grants > 0), ...rest };
}

/** The account with this id, and those with this login: a login may consist of digits. */
async function findAccounts(
  { loginOf }: Deps,
  accounts: readonly AccountId[],
  text: string,
): Promise<AccountId[]> {
  const matches = await mapInTurns(
    accounts,
    async (id) => id === text || (await loginOf(id))?.toLowerCase() === text.toLowerCase(),
  );
  return accounts.filter((_, index) => matches[index]);
}

async function describeUser({ directory, loginOf }: Deps, accountId: AccountId) {
  const [grants, login] = await Promise.all([directory.grantsOf(accountId), loginOf(accountId)]);
  const usedAtMs = grants.flatMap(({ lastUsedAtMs }) => lastUsedAtMs ?? []);
  return {
    accountId,
    ...(login !== undefined && { login }),
    grants: grants.length,
    clients: new Set(grants.map(({ clientId }) => clientId)).size,
    ...(usedAtMs.length > 0 && { lastUsedAtSec: Math.floor(Math.max(...usedAtMs) / 1000) }),
  };
}
