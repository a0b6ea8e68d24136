import type { Clock } from "../clock.ts";
import type { AuthServerConfig } from "../config.ts";
import type { Events } from "../events.ts";
import type { Grants } from "../grant/grants.ts";
import { createDeadRecords } from "./dead-record.ts";
import { createForgejoClient } from "./forgejo-client.ts";
import type { ForgejoLogin } from "./forgejo-login.ts";
import { createUpstreamTokens } from "./fresh-tokens.ts";
import { createForgejoLogin } from "./login-exchange.ts";
import { createRotations } from "./rotations.ts";
import { createVaultSeal } from "./vault-seal.ts";
import { createScopeCheck } from "./scope-check.ts";
import { createTokenRefresh } from "./token-refresh.ts";
import type { UpstreamLock } from "./upstream-lock.ts";
import type { UpstreamRecordStore } from "./upstream-record-store.ts";
import type { UpstreamTokens } from "./upstream-tokens.ts";
import { createUserCheck } from "./user-check.ts";
import { createVault } from "./vault.ts";

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
  grants: Pick<Grants, "of" | "end">;
  clock: Clock;
  events: Events;
  /** Five seconds; a test may be less patient. */
  rereadMs?: number;
}): Upstream {
  const { config, store, lock, grants, clock, events, rereadMs = 5000 } = deps;
  const { forgejo } = config;
  const app = { ...forgejo, redirectUri: `${config.issuer}/oauth/callback` };
  const client = createForgejoClient(app, clock);
  const vault = createVault(store, createVaultSeal(config.vaultKey, forgejo.clientId), events);
  const dead = createDeadRecords(vault, grants, events);
  const checkScope = createScopeCheck({ configured: forgejo.scope, client, vault });
  const checkUser = createUserCheck({ vault, client, dead, clock });
  const rotations = createRotations();
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
    tokens: createUpstreamTokens({
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
