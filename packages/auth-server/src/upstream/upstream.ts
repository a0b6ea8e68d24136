import type { Clock } from "@fjmcp/shared/clock";
import type { AuthServerConfig } from "../config.ts";
import type { AuditEvents } from "../audit-events.ts";
import { callbackPath } from "../paths.ts";
import type { GrantRevocation } from "../grant/grant-revocation.ts";
import { createUpstreamInvalidation } from "./tokens/upstream-invalidation.ts";
import { createForgejoClient } from "./forgejo/forgejo-client.ts";
import type { ForgejoLogin } from "./tokens/forgejo-login.ts";
import { createUpstreamTokenService } from "./tokens/upstream-token-service.ts";
import { createForgejoLogin } from "./tokens/code-exchange.ts";
import { createRotationTracker } from "./tokens/rotation-tracker.ts";
import { createVaultCipher } from "./vault/vault-cipher.ts";
import { createScopeCheck } from "./tokens/scope-check.ts";
import { createTokenRefresh } from "./tokens/token-refresh.ts";
import type { UpstreamLock } from "./vault/upstream-lock.ts";
import type { UpstreamRecordStore } from "./vault/upstream-record-store.ts";
import type { UpstreamTokens } from "./tokens/upstream-tokens.ts";
import { createUserCheck } from "./tokens/user-check.ts";
import { createVault } from "./vault/vault.ts";

/** Beside the time that it takes to believe Forgejo that tokens are dead: dead ones are not to be given out. */
const patienceMs = 3000;

export interface Upstream {
  readonly login: ForgejoLogin;
  readonly tokens: UpstreamTokens;
  /** Begins no further exchange or refresh; resolves when those under way have stored what Forgejo gave. */
  settled(): Promise<void>;
}

/** Wires all that deals with Forgejo. Before its store is closed, `settled` must be waited for. */
export function createUpstream(deps: {
  config: Pick<AuthServerConfig, "issuer" | "forgejo" | "vaultKey">;
  store: UpstreamRecordStore;
  lock: UpstreamLock;
  revocation: GrantRevocation;
  clock: Clock;
  events: AuditEvents;
  /** Five seconds; a test may be less patient. */
  rereadMs?: number;
}): Upstream {
  const { config, store, lock, revocation, clock, events, rereadMs = 5000 } = deps;
  const { forgejo } = config;
  const app = { ...forgejo, redirectUri: `${config.issuer}${callbackPath}` };
  const client = createForgejoClient(app, clock);
  const vault = createVault(store, createVaultCipher(config.vaultKey, forgejo.clientId), events);
  const dead = createUpstreamInvalidation(vault, revocation, events);
  const checkScope = createScopeCheck({ configured: forgejo.scope, client, vault });
  const checkUser = createUserCheck({ vault, client, dead, clock });
  const rotations = createRotationTracker();
  const refresh = createTokenRefresh({
    vault,
    lock,
    client,
    rotations,
    dead,
    clock,
    rereadMs,
    forgejoTimeoutMs: forgejo.timeoutMs,
  });
  return {
    login: createForgejoLogin({
      app,
      scope: forgejo.scope,
      client,
      rotations,
      vault,
      checkScope,
      checkUser,
    }),
    tokens: createUpstreamTokenService({
      vault,
      store,
      refresh,
      checkUser,
      checkScope,
      dead,
      clock,
      events,
      patienceMs: rereadMs + patienceMs,
    }),
    settled: () => rotations.settled(),
  };
}
