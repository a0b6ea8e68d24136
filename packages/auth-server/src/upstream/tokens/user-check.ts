import type { AccountId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import type { UpstreamInvalidation } from "./upstream-invalidation.ts";
import type { ForgejoClient, ForgejoUser } from "../forgejo/forgejo-client.ts";
import { hasExpired } from "../vault/upstream-record.ts";
import type { VersionedRecord, Vault } from "../vault/vault.ts";

/**
 * Asks Forgejo who the held tokens' user is and notes a new login name. A refused token that has not expired means that
 * the grant was revoked or the user prohibited: the record is dead, LoginRequiredError. May reject with
 * UpstreamUnavailableError.
 */
export type UserCheck = (
  account: AccountId,
  held: VersionedRecord,
) => Promise<{ held: VersionedRecord; user: ForgejoUser | undefined }>;

export function createUserCheck(deps: {
  vault: Vault;
  client: Pick<ForgejoClient, "user">;
  dead: UpstreamInvalidation;
  clock: Clock;
}): UserCheck {
  const { vault, client, dead, clock } = deps;

  return async function check(account, held) {
    const { accessToken, login } = held.record;
    const user = await client.user(accessToken);
    if (user !== undefined) {
      if (user.login !== login) await vault.note(account, accessToken, { login: user.login });
      return { held, user };
    }
    if (hasExpired(held.record, clock())) return { held, user };
    const latest = (await vault.read(account)) ?? (await dead.absent(account));
    const isNewer = latest.record.accessToken !== accessToken;
    return check(
      account,
      isNewer ? latest : await dead.declare(account, latest, "Forgejo refuses the user's token"),
    );
  };
}
