import type { AccountId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import type { UpstreamInvalidation } from "./upstream-invalidation.ts";
import type { ForgejoClient, ForgejoUser } from "../forgejo/forgejo-client.ts";
import { hasExpired } from "../vault/upstream-record.ts";
import type { VersionedRecord, Vault } from "../vault/vault.ts";

/**
 * Looks up the tokens' user at Forgejo and stores a changed login name. Resolves with the record that was checked in the
 * end; `user` is undefined when its token has expired. A rejected token that has not expired means that the grant was
 * revoked at Forgejo or the user prohibited: the record is invalidated, and the check rejects with LoginRequiredError.
 * May reject with UpstreamUnavailableError.
 */
export type UserCheck = (
  account: AccountId,
  versioned: VersionedRecord,
) => Promise<{ versioned: VersionedRecord; user: ForgejoUser | undefined }>;

export function createUserCheck(deps: {
  vault: Vault;
  client: Pick<ForgejoClient, "user">;
  invalidation: UpstreamInvalidation;
  clock: Clock;
}): UserCheck {
  const { vault, client, invalidation, clock } = deps;

  return async function check(account, versioned) {
    const { accessToken, login } = versioned.record;
    const user = await client.user(accessToken);
    if (user !== undefined) {
      if (user.login !== login) await vault.addDetails(account, accessToken, { login: user.login });
      return { versioned, user };
    }
    if (hasExpired(versioned.record, clock())) return { versioned, user };
    const latest = (await vault.read(account)) ?? (await invalidation.handleMissing(account));
    const isNewer = latest.record.accessToken !== accessToken;
    return check(
      account,
      isNewer ? latest : await invalidation.invalidate(account, latest, "Forgejo rejects the user's token"),
    );
  };
}
