import type { AccountId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import type { UpstreamInvalidation } from "./upstream-invalidation.ts";
import type { ForgejoClient, ForgejoUser } from "../forgejo/forgejo-client.ts";
import type { SignInCheck } from "./sign-in-policy.ts";
import type { TokenRefresh } from "./token-refresh.ts";
import { UpstreamMisconfiguredError } from "../errors/upstream-misconfigured-error.ts";
import { UpstreamUnavailableError } from "../errors/upstream-unavailable-error.ts";
import { UserSuspendedError } from "../errors/user-suspended-error.ts";
import { hasExpired } from "../vault/upstream-record.ts";
import type { VersionedRecord, Vault } from "../vault/vault.ts";

interface CheckedUser {
  readonly versioned: VersionedRecord;
  readonly user: ForgejoUser | undefined;
}

/**
 * Looks up the tokens' user at Forgejo and stores a changed login name. Resolves with the record that was checked in the
 * end; `user` is undefined when its token has expired. Rejects with UserSuspendedError, which changes nothing; with
 * UpstreamUnavailableError, as TokenRefresh does, also when the API names another user; with UserNotAllowedError, and the
 * account is ended, when the user may not sign in. Tokens are invalidated (LoginRequiredError) only on two statements of
 * Forgejo's own: its API rejects a token that has not expired, and introspection reports it as not active or the refresh
 * is rejected.
 */
export type UserCheck = (account: AccountId, versioned: VersionedRecord) => Promise<CheckedUser>;

export function createUserCheck(deps: {
  vault: Vault;
  client: Pick<ForgejoClient, "user" | "introspect">;
  refresh: TokenRefresh;
  maySignIn: SignInCheck;
  invalidation: UpstreamInvalidation;
  clock: Clock;
}): UserCheck {
  const { vault, client, refresh, invalidation, clock } = deps;

  async function check(
    account: AccountId,
    versioned: VersionedRecord,
    wasRefreshed = false,
  ): Promise<CheckedUser> {
    const { accessToken, login } = versioned.record;
    const response = await client.user(accessToken);
    if (response.status === "suspended") throw new UserSuspendedError(response.message);
    if (response.status === "ok") {
      const { user } = response;
      // A cache in front of Forgejo may respond with what it has of another user.
      if (user.id !== account)
        throw new UpstreamUnavailableError("Forgejo's API names another user than that of the token");
      if (!(await deps.maySignIn(user, accessToken))) return invalidation.exclude(account, user.login);
      if (user.login !== login) await vault.addDetails(account, accessToken, { login: user.login });
      return { versioned, user };
    }
    if (hasExpired(versioned.record, clock())) return { versioned, user: undefined };
    const latest = (await vault.read(account)) ?? (await invalidation.handleMissing(account));
    if (latest.record.accessToken !== accessToken) return check(account, latest, wasRefreshed);
    if (await isInactive(accessToken)) {
      return check(
        account,
        await invalidation.invalidate(account, latest, "Forgejo rejects the user's token"),
      );
    }
    if (wasRefreshed)
      throw new UpstreamUnavailableError("Forgejo's API rejects tokens that it has just issued");
    return check(account, await refresh(account, latest), true);
  }

  /** False when introspection does not decide: the refresh does then. */
  async function isInactive(accessToken: string): Promise<boolean> {
    try {
      return (await client.introspect(accessToken)) === undefined;
    } catch (error) {
      if (error instanceof UpstreamMisconfiguredError) return false;
      throw error;
    }
  }

  return (account, versioned) => check(account, versioned);
}
