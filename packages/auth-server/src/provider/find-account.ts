import { setTimeout as sleep } from "node:timers/promises";
import type { FindAccount } from "oidc-provider";
import type { AccountId } from "@fjmcp/shared/ids";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import { UpstreamUnavailableError } from "../upstream/errors/upstream-unavailable-error.ts";
import { LoginRequiredError } from "../upstream/errors/login-required-error.ts";
import type { UpstreamTokens } from "../upstream/tokens/upstream-tokens.ts";
import { temporarilyUnavailable } from "./temporarily-unavailable.ts";

/** Clients give a refresh up after about 30 s; Forgejo's time-out may pass twice, behind another process's refresh. */
const defaultPatienceMs = 20_000;

/**
 * Accounts live in Forgejo. A refresh asks the vault for the account's Forgejo token, which keeps that fresh too: when
 * it is dead there is no such account any more and the client must log in again; when Forgejo is only away, or
 * takes longer than `patienceMs`, the refresh goes on.
 */
export function createFindAccount(
  upstream: UpstreamTokens,
  { patienceMs = defaultPatienceMs }: { patienceMs?: number } = {},
): FindAccount {
  return async (_ctx, accountId, token) => {
    if (token?.kind === "RefreshToken" && !(await isAlive(accountId as AccountId))) {
      return undefined;
    }
    return { accountId, claims: async () => ({ sub: accountId }) };
  };

  async function isAlive(account: AccountId): Promise<boolean> {
    const answered = new AbortController();
    try {
      await Promise.race([
        upstream.fresh(account),
        sleep(patienceMs, undefined, { signal: answered.signal }),
      ]);
      return true;
    } catch (error) {
      if (error instanceof LoginRequiredError) return false;
      if (error instanceof UpstreamUnavailableError) return true;
      throw error instanceof StoreUnavailableError ? temporarilyUnavailable(error) : error;
    } finally {
      answered.abort();
    }
  }
}
