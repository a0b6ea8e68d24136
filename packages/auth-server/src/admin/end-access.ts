import { clientRef } from "@fjmcp/shared/client-ref";
import type { EndAccessResponse, EndClientRequest, EndUserRequest } from "@fjmcp/shared/ipc/admin";
import type { ListedGrant } from "../grant/grant-directory.ts";
import type { AdminDependencies } from "./admin-dependencies.ts";
import { mapInTurns } from "./map-in-turns.ts";

type Deps = Pick<AdminDependencies, "directory" | "revocation" | "events">;

/** Revokes all grants of an account; with the last one its Forgejo tokens are deleted. Rejects with StoreUnavailableError. */
export async function endUser(deps: Deps, { accountId }: EndUserRequest): Promise<EndAccessResponse> {
  const grants = await deps.directory.grantsOf(accountId);
  return revoke(deps, grants, () =>
    deps.events.accessEnded({ kind: "user", accountId, grants: grants.length }),
  );
}

/** Revokes the grants of a client. Rejects with StoreUnavailableError. */
export async function endClient(deps: Deps, request: EndClientRequest): Promise<EndAccessResponse> {
  const { directory, events } = deps;
  const accountId = "accountId" in request ? request.accountId : undefined;
  const accounts = accountId === undefined ? await directory.accounts() : [accountId];
  const ofAccounts = await mapInTurns(accounts, (account) => directory.grantsOf(account));
  const grants = ofAccounts.flat().filter(({ clientId }) => clientRef(clientId) === request.clientRef);
  return revoke(deps, grants, () =>
    events.accessEnded({ kind: "client", clientRef: request.clientRef, accountId, grants: grants.length }),
  );
}

async function revoke(
  { revocation }: Deps,
  grants: readonly ListedGrant[],
  audit: () => void,
): Promise<EndAccessResponse> {
  if (grants.length === 0) return { status: "unknown", grants: 0 };
  await revocation.revokeAll(
    grants.map(({ grantId }) => grantId),
    "administrator",
  );
  audit();
  return { status: "ok", grants: grants.length };
}
