import type { Clock } from "@fjmcp/shared/clock";
import type { AccountId } from "@fjmcp/shared/ids";
import type { Secret } from "@fjmcp/shared/config/secret";
import type { AuditEvents } from "../audit-events.ts";
import { createKeyRing } from "../crypto/key-ring.ts";
import { callbackPath } from "../paths.ts";
import type { WorkerRetirement } from "../grant/worker-retirement.ts";
import type { GrantRevocation } from "../grant/grant-revocation.ts";
import { createUpstreamInvalidation } from "./tokens/upstream-invalidation.ts";
import { createFailureReport } from "./tokens/failure-report.ts";
import { createForgejoClient, type ForgejoApp } from "./forgejo/forgejo-client.ts";
import { compareScope } from "./forgejo/forgejo-scope.ts";
import { countedForgejoClient, type ForgejoMetrics } from "./forgejo/forgejo-metrics.ts";
import type { ForgejoLogin } from "./tokens/forgejo-login.ts";
import { createUpstreamTokenService } from "./tokens/upstream-token-service.ts";
import { createForgejoLogin } from "./tokens/code-exchange.ts";
import { createTokenRequestQueue } from "./tokens/token-request-queue.ts";
import { createRotationTracker } from "./tokens/rotation-tracker.ts";
import { createVaultCipher } from "./vault/vault-cipher.ts";
import { createScopeCheck } from "./tokens/scope-check.ts";
import { createRefreshAhead, type RefreshAhead } from "./tokens/refresh-ahead.ts";
import { createAccountState, type AccountStateOf } from "./tokens/account-state.ts";
import { createSignInCheck, type SignInPolicy } from "./tokens/sign-in-policy.ts";
import { createTokenRefresh } from "./tokens/token-refresh.ts";
import type { UpstreamLock } from "./vault/upstream-lock.ts";
import type { UpstreamRecordStore } from "./vault/upstream-record-store.ts";
import type { UpstreamTokens } from "./tokens/upstream-tokens.ts";
import { createUserCheck } from "./tokens/user-check.ts";
import { createVault, type VaultKeys } from "./vault/vault.ts";

/** By how much a caller waits longer for a refresh than the refresh may wait for a concurrent login. */
const refreshWaitMarginMs = 3000;

export interface UpstreamOptions {
  /** The origin of this server: the callback URL is below it. */
  readonly issuer: string;
  readonly forgejo: Omit<ForgejoApp, "redirectUri"> & {
    /** Space-separated: what is requested and must be granted. */
    readonly scope: string;
  };
  readonly signIn: SignInPolicy;
  readonly vaultKey: Secret;
  /** The application and vault keys to give up, as `FJMCP_VAULT_DISCARD` names them. */
  readonly vaultDiscard?: string | undefined;
  /** How long a refresh that Forgejo rejected waits for the record of a concurrent login. */
  readonly concurrentLoginTimeoutMs: number;
}

/** One of our applications in Forgejo, with the tokens that it has issued. */
export interface Upstream {
  /** Its client id. */
  readonly forgejoClientId: string;
  readonly login: ForgejoLogin;
  readonly tokens: UpstreamTokens;
  readonly refreshAhead: RefreshAhead;
  /**
   * The account's login name, for display, and the time of the tokens with which it was found, in seconds since the epoch;
   * undefined when Forgejo was not asked yet or the account is not connected.
   */
  loginOf(account: AccountId): Promise<{ login: string; issuedAtSec: number } | undefined>;
  readonly stateOf: AccountStateOf;
  /**
   * What Forgejo has not granted the account of what is configured; empty as well when that is not known. Rejects with
   * StoreUnavailableError.
   */
  missingScope(account: AccountId): Promise<readonly string[]>;
  /** Deletes the account's tokens. Rejects with StoreUnavailableError. */
  deleteTokens(account: AccountId): Promise<void>;
  readonly vaultKeys: VaultKeys;
  /** Starts no further exchange or refresh; resolves once the tokens of those in flight are stored. */
  drain(): Promise<void>;
}

/** Wires everything that calls Forgejo for one application. Call `drain` before closing the store. */
export function createUpstream(
  options: UpstreamOptions,
  deps: {
    store: UpstreamRecordStore;
    lock: UpstreamLock;
    revocation: GrantRevocation;
    retireWorkers: WorkerRetirement;
    clock: Clock;
    events: AuditEvents;
    metrics: ForgejoMetrics;
  },
): Upstream {
  const { forgejo, concurrentLoginTimeoutMs } = options;
  const { store, lock, revocation, retireWorkers, clock, events } = deps;
  const app = { ...forgejo, redirectUri: `${options.issuer}${callbackPath}` };
  const client = countedForgejoClient(createForgejoClient(app, clock), deps.metrics);
  const vault = createVault(
    store,
    createVaultCipher(createKeyRing(options.vaultKey), forgejo.clientId, discardedKeys(options.vaultDiscard)),
    events,
  );
  const forgejoClientId = forgejo.clientId;
  const invalidation = createUpstreamInvalidation({ forgejoClientId, vault, revocation, events });
  const checkScope = createScopeCheck({ configured: forgejo.scope, client, vault });
  const rotations = createRotationTracker();
  const requestTokens = createTokenRequestQueue({
    lock,
    forgejoTimeoutMs: forgejo.timeoutMs,
  });
  const refresh = createTokenRefresh({
    vault,
    lock,
    requestTokens,
    forgejoTimeoutMs: forgejo.timeoutMs,
    client,
    rotations,
    invalidation,
    clock,
    concurrentLoginTimeoutMs,
  });
  const maySignIn = createSignInCheck(options.signIn, client);
  const checkUser = createUserCheck({
    vault,
    client,
    refresh,
    maySignIn,
    invalidation,
    clock,
  });
  const report = createFailureReport(events);

  return {
    forgejoClientId,
    login: createForgejoLogin({
      app,
      scope: forgejo.scope,
      client,
      rotations,
      vault,
      checkScope,
      checkUser,
      requestTokens,
      retireWorkers,
    }),
    tokens: createUpstreamTokenService({
      vault,
      store,
      refresh,
      checkUser,
      checkScope,
      invalidation,
      clock,
      report,
      refreshWaitMs: concurrentLoginTimeoutMs + refreshWaitMarginMs,
    }),
    refreshAhead: createRefreshAhead({ vault, refresh, checkUser, invalidation, clock, report }),
    async loginOf(account) {
      const { login, issuedAtSec } = (await vault.readIfKeyed(account))?.record ?? {};
      return login === undefined || issuedAtSec === undefined ? undefined : { login, issuedAtSec };
    },
    stateOf: createAccountState({ vault, client, maySignIn, clock }),
    async missingScope(account) {
      const granted = (await vault.readIfKeyed(account))?.record.scope;
      return granted === undefined ? [] : compareScope(forgejo.scope, granted).missing;
    },
    deleteTokens: (account) => vault.removeAny(account),
    vaultKeys: vault,
    drain: () => rotations.drain(),
  };
}

/** The ids of keys in `FJMCP_VAULT_DISCARD`: `<client id>/<key id>,…`. */
function discardedKeys(vaultDiscard = ""): string[] {
  return vaultDiscard
    .slice(vaultDiscard.lastIndexOf("/") + 1)
    .split(",")
    .filter(Boolean);
}
