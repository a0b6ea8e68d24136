import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { getRequestListener } from "@hono/node-server";
import { Redis } from "ioredis";
import type { AccountId } from "@fjmcp/shared/ids";
import { mcpResource } from "@fjmcp/shared/oauth/mcp-resource";
import { isLoopbackHost } from "@fjmcp/shared/net/loopback";
import { closeGracefully } from "@fjmcp/shared/http-server/graceful-server";
import { createPublicServer } from "@fjmcp/shared/http-server/public-server";
import type { Service } from "@fjmcp/shared/service/run-service";
import type { Log } from "@fjmcp/shared/log";
import type { Clock } from "@fjmcp/shared/clock";
import { addDependencyMetrics } from "@fjmcp/shared/metrics/dependency-metrics";
import { createMetricsRegistry, type MetricsRegistry } from "@fjmcp/shared/metrics/metrics-registry";
import type { AuthServerConfig } from "./config.ts";
import { connectForgejo } from "./connect-forgejo.ts";
import { createAdminServer } from "./admin/admin-server.ts";
import { checkForgejo, checkSessionDaemon, inspectDependencies, sessionDaemonOf } from "./inspect.ts";
import { createKnownClients } from "./known-clients.ts";
import { listen } from "./listen.ts";
import { installationOf, keyUseOf } from "./installation.ts";
import { createKeyRing } from "./crypto/key-ring.ts";
import { createSecretDerivation } from "./crypto/secret-derivation.ts";
import { createAuditEvents, type AuditEvents } from "./audit-events.ts";
import { createAccountConnections } from "./grant/account-connections.ts";
import { createEarlyWorkerStart } from "./grant/early-worker-start.ts";
import { createGrantNarrowing } from "./grant/grant-narrowing.ts";
import { createAuthMetrics, type AuthMetrics } from "./metrics/auth-metrics.ts";
import { countedAuditEvents } from "./metrics/counted-audit-events.ts";
import { createMetricsServer } from "./metrics/metrics-server.ts";
import { createScrape } from "./metrics/scrape.ts";
import { createHistoryRecorder } from "./grant/history-recorder.ts";
import { createGrantRevoker } from "./grant/grant-revoker.ts";
import { revokeOnReplay } from "./grant/replay-detection.ts";
import { createPersonalTokens } from "./grant/personal-tokens.ts";
import { createWorkerRetirement } from "./grant/worker-retirement.ts";
import { createAddressLimits } from "./http/address-limits.ts";
import { createMcpProxy } from "./http/mcp-proxy/mcp-proxy.ts";
import { createErrorPages } from "./web/error-pages.ts";
import { createPageContextFor } from "./web/pages/page-context.ts";
import { createPages } from "./web/create-pages.ts";
import { createRouter } from "./http/router.ts";
import { createIpcServer } from "./ipc/ipc-server.ts";
import { createSessionDaemonClient } from "./ipc/session-daemon-client.ts";
import { createDeviceAuthorizations } from "./provider/device-authorizations.ts";
import { createProvider } from "./provider/create-provider.ts";
import { createPersonalTokenRequests } from "./provider/personal-token-requests.ts";
import { createClientPolicy } from "./provider/requests/client-policy.ts";
import { createStorePersonalTokenGrant } from "./provider/store-personal-token-grant.ts";
import { deriveSigningKeys } from "./provider/signing-keys.ts";
import { createPendingAuthorizations } from "./provider/pending-authorizations.ts";
import { noRateLimiter } from "./rate-limit/rate-limiter.ts";
import { createAccountHistory } from "./redis/account-history.ts";
import { createAccessTokenVerifier } from "./redis/access-token-verifier.ts";
import { createDeviceCodeStore } from "./redis/device-code-store.ts";
import { createGrantDirectory } from "./redis/grant-directory.ts";
import { createGrantStore } from "./redis/grant-store.ts";
import { createInteractionStore } from "./redis/interaction-store.ts";
import { manageRedis, redisOptions, type RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import { describeRedis, redisHealth } from "@fjmcp/shared/redis/redis-inspection";
import { watchPeer } from "@fjmcp/shared/ipc/peer";
import { createRateLimiter } from "./redis/rate-limiter.ts";
import { createTokenStore } from "./redis/token-store.ts";
import { createWebStores } from "./redis/web-stores.ts";
import { claimInstallationFor } from "./redis/installation-check.ts";
import { redisRights } from "./redis/redis-rights.ts";
import { startRefreshTask } from "./upstream/tokens/refresh-task.ts";
import { renewEncryption } from "./upstream/tokens/renew-encryption.ts";
import { createGrantTokens } from "./upstream/grant-tokens.ts";

/** Some clients redeem a code twice in a row: within this time that is not treated as a theft. */
const doubleSubmitMs = 10_000;
/** Clients give a refresh up after about 30 s; Forgejo's timeout may pass twice, behind another process's refresh. */
const upstreamTimeoutMs = 20_000;
/** How long a stop waits for requests in flight. */
const drainMs = 5000;
/** The most that a stop lasts beyond Forgejo's timeout, while new Forgejo tokens are still to be stored. */
const storeTokensMs = 2_000;

/**
 * The composition root: wires the auth-server and starts it. Rejects with ConfigurationError when the configuration
 * contradicts what Redis holds. A test passes a `clock` to move the time.
 */
export async function startAuthServer(
  config: AuthServerConfig,
  log: Log,
  clock: Clock = Date.now,
): Promise<Service> {
  const registry = createMetricsRegistry("auth-server");
  const metrics = createAuthMetrics(registry);
  const events = countedAuditEvents(createAuditEvents(log), metrics);
  const redisClient = new Redis(redisOptions(config.redis));
  const redis = manageRedis(redisClient, log);
  const unregister = await claimInstallationFor(redis, installationOf(config), { self: randomUUID(), clock });
  try {
    return await serve(config, { log, clock, events, redis, redisClient, unregister, registry, metrics });
  } catch (error) {
    await unregister();
    redis.close();
    throw error;
  }
}

interface ServeDeps {
  readonly log: Log;
  readonly clock: Clock;
  readonly events: AuditEvents;
  readonly redis: RedisConnection;
  readonly registry: MetricsRegistry;
  readonly metrics: AuthMetrics;
  /** The same connection, for the rate limiter, which has its own policy for an outage. */
  readonly redisClient: Redis;
  /** Ends the registration as a running auth-server. */
  readonly unregister: () => Promise<void>;
}

async function serve(config: AuthServerConfig, deps: ServeDeps): Promise<Service> {
  const { log, clock, events, redis, unregister, registry, metrics } = deps;
  const forgejo = new URL(config.forgejo.url);
  if (forgejo.protocol === "http:" && !isLoopbackHost(forgejo.hostname)) events.forgejoPlaintextHttp();

  const firstForgejoClientId = config.forgejo.application.clientId;
  const deviceCodes = createDeviceCodeStore(redis, clock);
  const grantStore = createGrantStore(redis, firstForgejoClientId, clock);
  const history = createAccountHistory(redis, clock);
  const sessionDaemon = createSessionDaemonClient(config.controlSocket);
  const webStores = createWebStores(redis, clock);
  const keys = createKeyRing(config.derivationKey);
  const derivation = createSecretDerivation(keys);
  const clients = createKnownClients(config.clientDocuments, { redis, keys, clock, events });
  const { clientIds, documents, describeClient } = clients;
  const loginOf = (account: AccountId) => applications.loginOf(account);
  const recorder = createHistoryRecorder({ history, describeClient, loginOf, events, clock });
  const revocation = createGrantRevoker({
    store: grantStore,
    sessionDaemon,
    sessions: webStores.sessions,
    deleteForgejoTokens: (account) => applications.deleteTokens(account),
    history: recorder,
    events,
  });
  const tokens = revokeOnReplay(
    createTokenStore(redis, {
      firstForgejoClientId,
      clock,
      doubleSubmitMs,
      refreshGraceMs: config.refreshGraceSec * 1000,
    }),
    { revocation, events },
  );
  const applications = connectForgejo(config, {
    redis,
    revocation,
    retireWorkers: createWorkerRetirement({ grants: grantStore, sessionDaemon, events }),
    clock,
    events,
    metrics: metrics.forgejo,
  });
  const grantTokens = createGrantTokens({ grants: grantStore, applications, revocation });

  const rateLimiter = config.rateLimits ? createRateLimiter(deps.redisClient, events) : noRateLimiter;
  const pageContextFor = createPageContextFor(config.instance);
  const errorPages = createErrorPages(pageContextFor);
  const provider = createProvider({
    settings: { ...config, upstreamTimeoutMs, signingKeys: deriveSigningKeys(keys) },
    derivation,
    events,
    tokens,
    deviceCodes,
    grantStore,
    revocation,
    clients: { ids: clientIds, documents, policy: createClientPolicy(config.clientPolicy) },
    interactions: createInteractionStore(redis, clock),
    upstream: grantTokens,
    startWorkerEarly: createEarlyWorkerStart({
      tokens: grantTokens,
      describeClient,
      sessionDaemon,
      events,
    }),
    rateLimiter,
    errorPage: errorPages.authorization,
  });
  const devices = createDeviceAuthorizations({ provider, store: deviceCodes, derivation, clock });
  const directory = createGrantDirectory(redis);
  const narrowGrant = createGrantNarrowing({ store: grantStore, sessionDaemon, history: recorder, events });
  const personalTokens = createPersonalTokens({
    tokens,
    history: recorder,
    directory,
    storeGrant: createStorePersonalTokenGrant(provider, applications),
    resource: mcpResource(config.issuer),
    clock,
    events,
  });
  const connections = createAccountConnections({
    directory,
    store: grantStore,
    narrowGrant,
    revocation,
    events,
  });
  const web = createPages(config, {
    pageContextFor,
    ...webStores,
    pending: createPendingAuthorizations(provider, devices, grantStore, clock),
    devices,
    documents,
    connections,
    personalTokens,
    directory,
    history,
    recorder,
    sessionDaemon,
    describeClient,
    applications,
    derivation,
    events,
    clock,
  });

  const http = createPublicServer(
    createRouter({
      issuer: config.issuer,
      forgejoHost: forgejo.host,
      provider: provider.callback(),
      mcp: createMcpProxy({ mcpSocketPath: config.mcpSocket, events }),
      web: getRequestListener(web.fetch),
      addressLimits: createAddressLimits(config.rateLimits, {
        limiter: rateLimiter,
        events,
        errorPage: errorPages.tooManyRequests,
      }),
      events,
      clock,
    }),
  );
  const checks = {
    redis: () => redisHealth(config.redis, redisRights),
    forgejo: () => checkForgejo(config),
    sessionDaemon: () => checkSessionDaemon(config),
  };
  const { sessionDaemon: session_daemon, ...others } = checks;
  addDependencyMetrics(registry, { ...others, session_daemon });
  const scrape = createScrape(registry, config.controlSocket);
  const admin = createAdminServer({
    issuer: config.issuer,
    forgejoUrl: config.forgejo.url,
    controlSocket: config.controlSocket,
    checks,
    inspect: () => inspectDependencies(config),
    directory,
    keys: keyUseOf(config, { vaultKeys: applications.vaultKeys, clientIds }),
    personalTokens,
    personalTokenRequests: createPersonalTokenRequests({
      issuer: config.issuer,
      store: deviceCodes,
      personalTokens,
      derivation,
      clock,
    }),
    narrowGrant,
    revocation,
    ownerOf: (grant) => grantStore.ownerOf(grant),
    loginOf,
    history,
    stateOf: (account) => applications.stateOf(account),
    describeClient,
    events,
    scrape,
  });
  const ipc = createIpcServer({
    verifyAccessToken: createAccessTokenVerifier(redis, config.issuer, clock),
    tokens: grantTokens,
    grants: grantStore,
    describeClient,
    events,
    issuer: config.issuer,
    checks,
  });
  const servers = await listen(config, { http, ipc, admin, metrics: createMetricsServer(scrape, events) });
  const stopping = new AbortController();
  void renewEncryption(directory, applications.vaultKeys, events, stopping.signal);
  const stopRefreshing = startRefreshTask({
    accounts: () => directory.accountsWithPersonalTokens(),
    refreshAhead: applications.refreshAhead,
    events,
  });
  const stopWatching = watchPeer(sessionDaemonOf(config), log);

  return {
    status: async () => describeRedis(await redisHealth(config.redis, redisRights)),
    async stop() {
      const startedMs = performance.now();
      stopping.abort();
      stopWatching();
      stopRefreshing();
      await Promise.all([
        unregister(),
        ...servers.map((server) => closeGracefully(server, (closed) => within(drainMs, closed))),
      ]);
      const elapsedMs = performance.now() - startedMs;
      await within(config.forgejo.timeoutMs + storeTokensMs - elapsedMs, applications.drain());
      redis.close();
      events.flush();
    },
  };
}

function within(limitMs: number, done: Promise<unknown>): Promise<unknown> {
  return Promise.race([done, sleep(limitMs, undefined, { ref: false })]);
}
