import { clientRef, type ClientRef } from "@fjmcp/shared/client-ref";
import type { AccountId, ClientId } from "@fjmcp/shared/ids";
import { maxListedAccounts, type ListClientsResponse } from "@fjmcp/shared/ipc/admin";
import { scopes, type Scope } from "@fjmcp/shared/oauth/mcp-resource";
import { toolsets, type Toolset } from "@fjmcp/shared/oauth/toolsets";
import { takePage, type AccountPageQuery } from "@fjmcp/shared/ipc/page";
import type { AdminDeps } from "./admin-deps.ts";
import { mapInTurns } from "./map-in-turns.ts";

interface FoundClient {
  readonly clientId: ClientId;
  readonly accounts: Set<AccountId>;
  readonly scopes: Set<Scope>;
  readonly toolsets: Set<Toolset>;
  grants: number;
}

/** The clients with a living grant, in the order of their references. Rejects with StoreUnavailableError. */
export async function listClients(
  { directory, describeClient }: Pick<AdminDeps, "directory" | "describeClient">,
  query: AccountPageQuery,
): Promise<ListClientsResponse> {
  const accounts = query.accountId === undefined ? await directory.accounts() : [query.accountId];
  const found = new Map<ClientRef, FoundClient>();
  await mapInTurns(accounts, async (account) => {
    for (const { clientId, access } of await directory.grantsOf(account)) {
      const ref = clientRef(clientId);
      const client = found.get(ref) ?? newClient(clientId);
      client.accounts.add(account);
      for (const scope of access.scopes) client.scopes.add(scope);
      for (const toolset of access.toolsets) client.toolsets.add(toolset);
      client.grants++;
      found.set(ref, client);
    }
  });
  const { items, ...rest } = takePage([...found], ([ref]) => ref, query);
  const clients = await Promise.all(
    items.map(async ([ref, { clientId, accounts, grants, ...allowed }]) => {
      const { name = "", hosts = [] } = (await describeClient(clientId)) ?? {};
      return {
        clientRef: ref,
        name,
        hosts: [...hosts],
        grants,
        scopes: scopes.filter((scope) => allowed.scopes.has(scope)),
        toolsets: toolsets.filter((toolset) => allowed.toolsets.has(toolset)),
        accountIds: [...accounts].slice(0, maxListedAccounts),
        accountCount: accounts.size,
      };
    }),
  );
  return { clients, ...rest };
}

function newClient(clientId: ClientId): FoundClient {
  return { clientId, accounts: new Set(), scopes: new Set(), toolsets: new Set(), grants: 0 };
}
