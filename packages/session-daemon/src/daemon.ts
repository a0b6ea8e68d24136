import type { Socket } from "node:net";
import { getRequestListener } from "@hono/node-server";
import type { Clock } from "@fjmcp/shared/clock";
import type { Service } from "@fjmcp/shared/service/run-service";
import { createGracefulServer } from "@fjmcp/shared/http-server/graceful-server";
import { listeningAt, listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import type { AccountId, Hash } from "@fjmcp/shared/ids";
import type { Log } from "@fjmcp/shared/log";
import { describeRedis } from "@fjmcp/shared/redis/redis-inspection";
import { watchPeer } from "@fjmcp/shared/ipc/peer";
import { mcpResource } from "@fjmcp/shared/oauth/mcp-resource";
import { Authenticator, type AuthenticationCache } from "./auth/authenticator.ts";
import { GenerationalCache } from "./auth/generational-cache.ts";
import { startCleanUp } from "./clean-up.ts";
import type { SessionDaemonConfig } from "./config.ts";
import { drain } from "./drain.ts";
import { authServerOf, chooseSandboxOnce, healthChecks, inspectDependencies } from "./inspect.ts";
import { createEvents } from "./events.ts";
import { addDependencyMetrics } from "@fjmcp/shared/metrics/dependency-metrics";
import { countedEvents } from "./metrics/counted-events.ts";
import { createDaemonMetrics } from "./metrics/daemon-metrics.ts";
import { addLoadMetrics } from "./metrics/load-metrics.ts";
import { observeCalls } from "./observation/observe-calls.ts";
import { CallDispatcher } from "./mcp/call-dispatcher.ts";
import { DeleteHandler } from "./mcp/delete-handler.ts";
import { GetHandler } from "./mcp/get-handler.ts";
import { HttpErrorMapper } from "./mcp/http-error-mapper.ts";
import { McpEndpoint } from "./mcp/mcp-endpoint.ts";
import { createMcpServer } from "./mcp/mcp-http-server.ts";
import { OriginPolicy } from "./http/origin-policy.ts";
import { PostHandler } from "./mcp/post-handler.ts";
import { RequestAuthentication } from "./mcp/request-authentication.ts";
import { ResumableStreams, resumptionLimits } from "./mcp/resumable-streams.ts";
import { ListenHandler } from "./mcp/stateless/listen-handler.ts";
import { StatelessHandler } from "./mcp/stateless/stateless-handler.ts";
import { StreamProbes } from "./mcp/stream-probes.ts";
import { createControlApp } from "./ipc/control-app.ts";
import { reportGrantUses } from "./ipc/grant-uses-client.ts";
import { createUpstreamTokenClient } from "./ipc/upstream-token-client.ts";
import { createUserCheckClient } from "./ipc/user-check-client.ts";
import { createRedisGrantLiveness } from "./redis/grant-liveness.ts";
import { RedisClient } from "./redis/redis-client.ts";
import { createRedisAuthRecords } from "./redis/auth-records.ts";
import { RedisSessionStore } from "./redis/session-store.ts";
import { GrantTerminator } from "./session/grant-terminator.ts";
import { broadcastAllListsChanged } from "./mcp/list-changed.ts";
import { ClientNotifier } from "./mcp/client-notifier.ts";
import { SessionClientBridge } from "./mcp/session-client-bridge.ts";
import { SessionRequests } from "./mcp/session-requests.ts";
import { createSubscriptions } from "./session/create-subscriptions.ts";
import { SessionLogLevels } from "./session/session-log-levels.ts";
import { SessionOpener } from "./session/session-opener.ts";
import { sessionTakeover } from "./session/session-takeover.ts";
import { ActiveExchanges, keepAliveTicks, type StandaloneStream } from "./session/active-exchanges.ts";
import { ListCalls } from "./mcp/list-calls.ts";
import { PolicyGate } from "./mcp/policy-gate.ts";
import { ChildTools } from "./policy/child-tools.ts";
import { createToolPolicy } from "./policy/create-tool-policy.ts";
import { GrantAccess } from "./session/grant-access.ts";
import { openWorkerCgroups } from "./worker/sandbox/worker-cgroups.ts";
import { ChildEraMemory } from "./worker/mcp-client/child-era-memory.ts";
import { createWorkerPool } from "./worker/pool/create-worker-pool.ts";

/**
 * TTL of a cached authentication; an entry lives one to two TTLs. Redis invalidation messages clear the cache earlier,
 * so the TTL only bounds staleness while Redis hangs (docs/adr/0006).
 */
const authenticationTtlMs = 100;
/** Per generation of the cache: more than the pairs of token and session that send a request within one TTL. */
const maxCachedAuthentications = 1_000;
/** Where cgroups are delegated, all processes of one worker together may use so much; what they reserve does not count. */
const defaultMemoryMaxMiB = 512;
/** A child whose line is longer is ended. */
const maxLineBytes = 16 * 1024 * 1024;
const userCheckPauseMs = 10_000;

/**
 * Wires the session-daemon together and starts it. It serves once this resolves; rejects when a socket cannot be bound.
 */
export async function startSessionDaemon(
  config: SessionDaemonConfig,
  log: Log,
  clock: Clock = Date.now,
): Promise<Service> {
  const sandbox = await chooseSandboxOnce(config);
  const controlServer = createGracefulServer({});
  // Bind first: a second instance must fail here, before it kills the first one's workers as orphans.
  await listeningAt(
    "FJMCP_CONTROL_SOCKET",
    listenUnix(controlServer, config.controlSocket, config.inherited.control),
  );

  const metrics = createDaemonMetrics();
  const events = countedEvents(createEvents(log), metrics.requests);
  const onFailed = (task: string) => (error: unknown) => events.backgroundTaskFailed(task, error);
  const cache: AuthenticationCache = new GenerationalCache(
    authenticationTtlMs,
    maxCachedAuthentications,
    ({ owner }) => owner.accountId,
  );
  const clearCache = () => cache.clear();
  const childTools = new ChildTools(config.toolTable, (compared) => events.unknownTools(compared));
  const policy = createToolPolicy(childTools, config);
  // The store, the sessions and the workers notify one another of changes: the callbacks from here on use `authenticator`,
  // `pool`, `lists` and `onSessionEnded` before they exist. None is called before this function awaits again.
  const redis = new RedisClient(config.redis, { onInvalidate: clearCache, events, log });
  const store = new RedisSessionStore(redis, clock, {
    onChanged(sessions, change) {
      authenticator.invalidate(sessions);
      if (change === "ended") for (const session of sessions) onSessionEnded(session);
    },
    onEnded: (ended) => events.sessionsEnded(ended),
  });
  const exchanges = new ActiveExchanges();
  const streams = new ResumableStreams(resumptionLimits);
  const grantAccess = new GrantAccess();
  const grantUses = reportGrantUses(config.ipcSocket, clock, onFailed("report uses of grants"));
  const levels = new SessionLogLevels((grantId, level) =>
    pool.requestIgnoringResponse(grantId, "logging/setLevel", { level }),
  );
  const { table, resources, subscriptions, subscriptionAccess } = createSubscriptions({
    pool: () => pool,
    exchanges,
    grants: grantAccess,
    includes: (access, uri) => policy.shows(access, "resource", uri),
    reverify: (token) => authenticator.reverify(token),
    store,
  });
  const authenticator = new Authenticator({
    records: createRedisAuthRecords(redis),
    cache,
    resource: mcpResource(config.issuer),
    clock,
    takeOver: sessionTakeover({ isolation: config.isolation, store, exchanges, events }),
    onSessionUsed(session, caller, access) {
      const { hash, record } = session;
      store.touch(hash, record).catch(onFailed("prolong a session"));
      if (record.logLevel !== undefined) levels.set(caller, hash, record.logLevel);
      subscriptions.use(caller, session, access);
    },
    onUsed: (owner) => grantUses.uses.mark(owner),
    onVerified(owner, token) {
      if (!grantAccess.observe(owner, token)) return;
      broadcastAllListsChanged(exchanges, pool, owner.grantId);
      subscriptionAccess.restrict(owner.grantId);
    },
  });
  const cgroups = openWorkerCgroups({
    mounts: "/proc/self/mountinfo",
    membership: "/proc/self/cgroup",
    uid: process.getuid!(),
    memoryMaxMiB: config.workers.memoryLimitMiB ?? defaultMemoryMaxMiB,
  });
  events.sandboxChosen(sandbox, cgroups);
  const sessionClients =
    config.isolation === "grant"
      ? undefined
      : new SessionClientBridge({
          exchanges,
          access: subscriptionAccess,
          requestTimeoutMs: config.workers.requestTimeoutMs,
          async onEnded(owner, session) {
            const existed = await store.delete(session, owner);
            if (existed) events.sessionEndedWithWorker(owner, session);
          },
          onFailed: onFailed("delete a session that has ended"),
        });
  const observation = observeCalls(log, metrics.calls, {
    classOf: (tool) => policy.classOf(tool),
    onCalled: (owner, tool) => grantUses.uses.markTool(owner, tool),
  });
  process.once("exit", () => observation.flush());
  const onTools = (tools: readonly string[]) => {
    childTools.reportUnknown(tools);
    observation.onTools(tools);
  };
  const pool = createWorkerPool({
    ...config.workers,
    childEra: new ChildEraMemory(),
    sandbox,
    cgroups: "reason" in cgroups ? undefined : cgroups,
    hasToolTable: () => childTools.hasTable,
    maxLineBytes,
    userCheckPauseMs,
    upstreamTokens: createUpstreamTokenClient(config.ipcSocket),
    userCheck: createUserCheckClient(config.ipcSocket),
    childTools,
    onTools,
    metrics: metrics.workers,
    onListStale: (grantId, kind) => {
      if (kind === "tools") lists.toolsChanged(grantId);
    },
    clients: new ClientNotifier(exchanges, levels, table, subscriptionAccess),
    sessionClients,
    clock,
    log,
  });
  const onSessionEnded = (session: Hash) => {
    exchanges.endStreamsOf(session);
    levels.delete(session);
    subscriptions.end(session);
    pool.sessions?.end(session);
  };
  const terminator = new GrantTerminator(
    pool,
    exchanges,
    streams,
    createRedisGrantLiveness(redis),
    (matches) => {
      clearCache();
      table.end(matches);
      grantAccess.delete(matches);
    },
  );

  const opener = new SessionOpener(pool, store, events, clock);
  const lists = new ListCalls(pool, policy, onTools);
  const gate = new PolicyGate(config.issuer, policy, events);
  const authentication = new RequestAuthentication(config.issuer, authenticator, pool.sessions);
  const errors = new HttpErrorMapper(config.issuer, events);
  const calls = new CallDispatcher({
    issuer: config.issuer,
    pool,
    exchanges,
    gate,
    lists,
    streams,
    levels,
    observer: observation.observer,
    authentication,
    errors,
  });
  const sessionRequests = new SessionRequests({ pool, gate, authentication, store, levels, subscriptions });
  const ownChildren =
    pool.sessions === undefined || sessionClients === undefined
      ? undefined
      : { workers: pool.sessions, clients: sessionClients };
  const onStreamOpened = ({ owner }: StandaloneStream) => {
    terminator.endIfRevoked(owner.grantId).catch(onFailed("check the grant of a new stream"));
  };
  const listen = new ListenHandler({
    pool,
    exchanges,
    policy,
    authentication,
    subscriptions: resources,
    onOpened: onStreamOpened,
  });
  const stateless = new StatelessHandler({ pool, calls, gate, authentication, listen });
  const post = new PostHandler({
    issuer: config.issuer,
    opener,
    calls,
    sessionRequests,
    ownChildren,
    stateless,
    authentication,
    errors,
    keepAliveMs: config.keepAliveMs,
  });
  const get = new GetHandler(exchanges, streams, onStreamOpened);
  const accounts = new WeakMap<Socket, AccountId>();
  const streamProbes = new StreamProbes();
  const endpoint = new McpEndpoint({
    origins: new OriginPolicy(config.issuer, config.allowedOrigins),
    authentication,
    errors,
    streamProbes,
    methods: { GET: get, POST: post, DELETE: new DeleteHandler(store, events) },
    accounts,
    events,
    onHttpError: (status) => metrics.requests.onHttpError(status),
  });
  const checks = healthChecks(config);
  const { redis: redisCheck, authServer, forgejo } = checks;
  addDependencyMetrics(metrics.registry, { redis: redisCheck, auth_server: authServer, forgejo });
  addLoadMetrics(metrics.registry, { pool, exchanges, maxWorkers: config.workers.maxWorkers });
  const control = createControlApp({
    pool,
    exchanges,
    store,
    terminator,
    onPolicyChanged(grantId) {
      clearCache();
      broadcastAllListsChanged(exchanges, pool, grantId);
      subscriptionAccess.refresh(grantId).catch(onFailed("check the subscriptions of a grant"));
    },
    streamProbes,
    events,
    issuer: config.issuer,
    inspect: () => inspectDependencies(config),
    checks,
    metrics: metrics.registry,
    sandbox: { kind: sandbox.kind, reason: sandbox.reason },
  });

  controlServer.on("request", getRequestListener(control.fetch));
  const mcpServer = createMcpServer(endpoint, config.mcpServer, (socket) => accounts.get(socket));
  await listeningAt("FJMCP_MCP_SOCKET", listenUnix(mcpServer, config.mcpSocket, config.inherited.mcp));

  const keepAlive = setInterval(() => exchanges.tick(), config.keepAliveMs / keepAliveTicks);
  const cleanUp = { terminator, exchanges, levels, subscriptions, store, events, onFailed };
  const stopTasks = [...startCleanUp(config.sweepMs, cleanUp), watchPeer(authServerOf(config), log)];

  return {
    status: async () => describeRedis(await checks.redis()),
    async stop() {
      for (const stopTask of stopTasks) stopTask();
      exchanges.endStreams();
      await drain({ mcpServer, controlServer, pool, grantUses }, config.drainTimeoutMs);
      clearInterval(keepAlive);
      await sessionClients?.settled();
      redis.close();
      observation.flush();
      events.flush();
    },
  };
}
