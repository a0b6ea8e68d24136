import { clientRef, type ClientRef } from "@fjmcp/shared/client-ref";
import type { AccountId, ClientId } from "@fjmcp/shared/ids";
import { maxListedAccounts, type ListClientsResponse, type listClientsQuery } from "@fjmcp/shared/ipc/admin";
import { takePage } from "@fjmcp/shared/ipc/page";
import type { z } from "zod";
import type { AdminDependencies } from "./admin-dependencies.ts";
import { mapInTurns } from "./map-in-turns.ts";

interface FoundClient {
  readonly clientId: ClientId;
  readonly accounts: Set<AccountId>;
  grants: number;
}

/** The clients with a living grant, in the order of their references. Rejects with StoreUnavailableError. */
export async function listClients(
  { directory, describeClient }: Pick<AdminDependencies, "directory" | "describeClient">,
  query: z.infer<typeof listClientsQuery>,
): Promise<ListClientsResponse> {
  const accounts = query.accountId === undefined ? await directory.accounts() : [query.accountId];
  const found = new Map<ClientRef, FoundClient>();
  await mapInTurns(accounts, async (account) => {
    for (const { clientId } of await directory.grantsOf(account)) {
      const ref = clientRef(clientId);
      const client = found.get(ref) ?? { clientId, accounts: new Set(), grants: 0 };
      client.accounts.add(account);
      client.grants++;
      found.set(ref, client);
    }
  });
  const { items, ...rest } = takePage([...found], ([ref]) => ref, query);
  const clients = await Promise.all(
    items.map(async ([ref, { clientId, accounts, grants }]) => {
      const { name = "", hosts = [] } = (await describeClient(clientId)) ?? {};
      return {
        clientRef: ref,
        name,
        hosts: [...hosts],
        grants,
        accountIds: [...accounts].slice(0, maxListedAccounts),
        accountCount: accounts.size,
      };
    }),
  );
  return { clients, ...rest };
}
