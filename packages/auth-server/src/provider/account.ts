import type { FindAccount } from "oidc-provider";
import type { AccountId } from "@fjmcp/shared/ids";
import { StorageUnavailableError } from "../redis/storage-unavailable-error.ts";
import { UpstreamUnavailableError } from "../upstream/forgejo-login.ts";
import { LoginRequiredError, type UpstreamTokens } from "../upstream/upstream-tokens.ts";
import { temporarilyUnavailable } from "./temporarily-unavailable.ts";

/**
 * Accounts live in Forgejo. A refresh asks the vault for the account's Forgejo token, which keeps that fresh too: when
 * it is dead there is no such account any more and the client must log in again; when Forgejo is only away, the
 * refresh goes on.
 */
export function accountFinder(upstream: UpstreamTokens): FindAccount {
  return async (_ctx, accountId, token) => {
    if (token?.kind === "RefreshToken" && !(await hasLivingUpstream(upstream, accountId as AccountId))) {
      return undefined;
    }
    return { accountId, claims: async () => ({ sub: accountId }) };
  };
}

async function hasLivingUpstream(upstream: UpstreamTokens, account: AccountId): Promise<boolean> {
  try {
    await upstream.fresh(account);
    return true;
  } catch (error) {
    if (error instanceof LoginRequiredError) return false;
    if (error instanceof UpstreamUnavailableError) return true;
    throw error instanceof StorageUnavailableError ? temporarilyUnavailable(error) : error;
  }
}
