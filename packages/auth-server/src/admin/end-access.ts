import { clientRef } from "@fjmcp/shared/client-ref";
import type { EndAccessResponse, EndClientRequest, EndUserRequest } from "@fjmcp/shared/ipc/admin";
import type { AdminDeps } from "./admin-deps.ts";
import { mapInTurns } from "./map-in-turns.ts";

type Deps = Pick<AdminDeps, "directory" | "revocation" | "events">;

/**
 * Ends an account's sessions of the page of connections and all its grants, and deletes its Forgejo tokens. Rejects with
 * StoreUnavailableError.
 */
export async function endUser(
  { directory, revocation, events }: Deps,
  { accountId }: EndUserRequest,
): Promise<EndAccessResponse> {
  const { length } = await directory.grantsOf(accountId);
  events.accessEnded({ kind: "user", accountId, grants: length });
  return responseOf(await revocation.revokeAccount(accountId, "administrator"));
}

/** Revokes the grants of a client. Rejects with StoreUnavailableError. */
export async function endClient(
  { directory, revocation, events }: Deps,
  request: EndClientRequest,
): Promise<EndAccessResponse> {
  const accountId = "accountId" in request ? request.accountId : undefined;
  const accounts = accountId === undefined ? await directory.accounts() : [accountId];
  const ofAccounts = await mapInTurns(accounts, (account) => directory.grantsOf(account));
  const grants = ofAccounts.flat().filter(({ clientId }) => clientRef(clientId) === request.clientRef);
  if (grants.length === 0) return responseOf(0);
  events.accessEnded({ kind: "client", clientRef: request.clientRef, accountId, grants: grants.length });
  const ids = grants.map(({ grantId }) => grantId);
  return responseOf(await revocation.revokeAll(ids, "administrator"));
}

function responseOf(grants: number): EndAccessResponse {
  return { status: grants > 0 ? "ok" : "unknown", grants };
}
