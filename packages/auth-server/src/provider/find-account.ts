import { setTimeout as sleep } from "node:timers/promises";
import type { FindAccount } from "oidc-provider";
import { grantIdSchema, type GrantId } from "@fjmcp/shared/ids";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import { UpstreamUnavailableError } from "../upstream/errors/upstream-unavailable-error.ts";
import { UpstreamMisconfiguredError } from "../upstream/errors/upstream-misconfigured-error.ts";
import { UserSuspendedError } from "../upstream/errors/user-suspended-error.ts";
import { LoginRequiredError } from "../upstream/errors/login-required-error.ts";
import type { GrantTokens } from "../upstream/grant-tokens.ts";
import { temporarilyUnavailable } from "./temporarily-unavailable.ts";

/**
 * Finds accounts, which live in Forgejo. A refresh requests the grant's Forgejo token from the vault, which keeps that
 * fresh too. When it is permanently invalid, the account does not exist and the client must log in again. When Forgejo
 * is unavailable, rejects our client, does not serve the user at present or does not respond within `upstreamTimeoutMs`,
 * the refresh succeeds.
 */
export function createFindAccount(
  upstream: Pick<GrantTokens, "fresh">,
  upstreamTimeoutMs: number,
): FindAccount {
  return async (_ctx, accountId, token) => {
    if (token?.kind === "RefreshToken" && !(await isConnected(grantIdSchema.parse(token.grantId)))) {
      return undefined;
    }
    return { accountId, claims: async () => ({ sub: accountId }) };
  };

  async function isConnected(grant: GrantId): Promise<boolean> {
    const settled = new AbortController();
    try {
      await Promise.race([
        upstream.fresh(grant),
        sleep(upstreamTimeoutMs, undefined, { signal: settled.signal }),
      ]);
      return true;
    } catch (error) {
      if (error instanceof LoginRequiredError) return false;
      if (isTemporary(error)) return true;
      throw error instanceof StoreUnavailableError ? temporarilyUnavailable(error) : error;
    } finally {
      settled.abort();
    }
  }
}

/** Whether everything works again later, with the same tokens. */
function isTemporary(error: unknown): boolean {
  return [UpstreamUnavailableError, UpstreamMisconfiguredError, UserSuspendedError].some(
    (kind) => error instanceof kind,
  );
}
