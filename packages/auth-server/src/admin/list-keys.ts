import type { ListKeysResponse } from "@fjmcp/shared/ipc/admin";
import type { AccountId, ClientId } from "@fjmcp/shared/ids";
import type { GrantDirectory } from "../grant/grant-directory.ts";

/** The keys that the auth-server runs with. Ids reveal nothing about them; of each kind the current one is first. */
export interface KeyUse {
  /** Of the first application at Forgejo. */
  readonly forgejoClientId: string;
  readonly ids: Readonly<Record<"cookie" | "vault" | "derivation", readonly string[]>>;
  /** The vault keys that the records of an account need, one for each record. */
  vaultKeysOf(account: AccountId): Promise<readonly string[]>;
  /** The derivation key that has made a client id; undefined for the URL of a document. */
  derivationKeyOf(client: ClientId): string | undefined;
}

/** All keys, with the number of records that need each: Forgejo tokens, and grants by their client's id. */
export async function listKeys(keys: KeyUse, directory: GrantDirectory): Promise<ListKeysResponse> {
  const uses = { vault: new Map<string, number>(), derivation: new Map<string, number>() };
  for (const account of await directory.accounts()) {
    for (const id of await keys.vaultKeysOf(account)) count(uses.vault, id);
    for (const { clientId } of await directory.grantsOf(account))
      count(uses.derivation, keys.derivationKeyOf(clientId));
  }
  const listed = (kind: keyof KeyUse["ids"]) =>
    keys.ids[kind].map((id, index) => {
      const known = kind === "cookie" ? {} : { uses: uses[kind].get(id) ?? 0 };
      return { kind, id, isCurrent: index === 0, ...known };
    });
  return { keys: [...listed("cookie"), ...listed("vault"), ...listed("derivation")] };
}

function count(uses: Map<string, number>, id: string | undefined): void {
  if (id !== undefined) uses.set(id, (uses.get(id) ?? 0) + 1);
}
