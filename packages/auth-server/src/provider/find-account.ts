import type { FindAccount, KoaContextWithOIDC } from "oidc-provider";
import { UpstreamUnavailableError } from "../upstream/errors/upstream-unavailable-error.ts";
import { UpstreamMisconfiguredError } from "../upstream/errors/upstream-misconfigured-error.ts";
import { UserSuspendedError } from "../upstream/errors/user-suspended-error.ts";
import { LoginRequiredError } from "../upstream/errors/login-required-error.ts";
import type { GrantTokens, RestingGrant } from "../upstream/grant-tokens.ts";
import { restingGrant } from "./adapters/resting-grant.ts";
import { presentedUpstream } from "./overrides/issuance-context.ts";
import { storeFailure } from "./temporarily-unavailable.ts";

/**
 * Finds accounts, which live in Forgejo. A refresh keeps the grant's Forgejo tokens fresh. When these are permanently invalid,
 * the account does not exist and the client must log in again. When Forgejo is unavailable, rejects our client, does not serve
 * the user at present or does not respond within `upstreamTimeoutMs`, the refresh succeeds.
 */
export function createFindAccount(
  upstream: Pick<GrantTokens, "keepFresh">,
  upstreamTimeoutMs: number,
): FindAccount {
  return async (ctx, accountId, token) => {
    // A refresh has read its Grant before.
    if (token?.kind === "RefreshToken" && !(await isConnected(grantOf(ctx)))) return undefined;
    return { accountId, claims: async () => ({ sub: accountId }) };
  };

  async function isConnected(grant: RestingGrant): Promise<boolean> {
    // Not an abortable sleep: each abort makes an error with a stack.
    const timeout = Promise.withResolvers<void>();
    const timer = setTimeout(timeout.resolve, upstreamTimeoutMs);
    try {
      await Promise.race([upstream.keepFresh(grant), timeout.promise]);
      return true;
    } catch (error) {
      if (error instanceof LoginRequiredError) return false;
      if (isTemporary(error)) return true;
      throw storeFailure(error);
    } finally {
      clearTimeout(timer);
    }
  }
}

function grantOf(ctx: KoaContextWithOIDC): RestingGrant {
  const { jti, ...rest } = restingGrant.parse(ctx.oidc.entities.Grant);
  return { grantId: jti, ...rest, times: presentedUpstream() };
}

/** Whether everything works again later, with the same tokens. */
function isTemporary(error: unknown): boolean {
  return [UpstreamUnavailableError, UpstreamMisconfiguredError, UserSuspendedError].some(
    (kind) => error instanceof kind,
  );
}
