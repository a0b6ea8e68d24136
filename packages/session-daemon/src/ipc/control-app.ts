import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { Finding } from "@fjmcp/shared/finding";
import {
  checkChildRequest,
  controlPaths,
  endSessionsRequest,
  endWorkerRequest,
  listSessionsQuery,
  policyChangedRequest,
  retireWorkersRequest,
  startWorkerRequest,
  streamProbeStateRequest,
  type CheckChildResponse,
  type EndSessionsRequest,
  type EndSessionsResponse,
  type EndWorkerResponse,
  type HealthResponse,
  type InspectionResponse,
  type ListSessionsResponse,
  type ListWorkersResponse,
  type PolicyChangedResponse,
  type RetireWorkersResponse,
  type StartWorkerResponse,
  type StreamProbeResponse,
  type StreamProbeStateResponse,
} from "@fjmcp/shared/ipc/control";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { MetricsRegistry } from "@fjmcp/shared/metrics/metrics-registry";
import { errorResponse, rejectLargeBody } from "@fjmcp/shared/ipc/contract-error";
import { accountPageQuery, takePage } from "@fjmcp/shared/ipc/page";
import { requestParser } from "@fjmcp/shared/ipc/request-parser";
import type { Principal } from "@fjmcp/shared/principal";
import type { Events } from "../events.ts";
import type { StreamProbes } from "../mcp/stream-probes.ts";
import type { GrantTerminator } from "../session/grant-terminator.ts";
import type { ActiveExchanges } from "../session/active-exchanges.ts";
import type { SessionFilter, SessionStore } from "../session/session-store.ts";
import type { SessionRef } from "@fjmcp/shared/session-ref";
import { memoryByGroup } from "../worker/process/process-memory.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import { addHealthRoutes, type HealthChecks } from "./health-routes.ts";

interface ControlAppDeps {
  readonly pool: WorkerPool;
  readonly exchanges: ActiveExchanges;
  readonly store: SessionStore;
  readonly terminator: GrantTerminator;
  /** What the tokens of a grant allow has changed. */
  readonly onPolicyChanged: (grantId: GrantId) => void;
  readonly streamProbes: StreamProbes;
  readonly inspect: () => Promise<readonly Finding[]>;
  readonly events: Events;
  readonly issuer: string;
  readonly checks: HealthChecks;
  readonly sandbox: HealthResponse["sandbox"];
  readonly metrics: Pick<MetricsRegistry, "metrics" | "contentType">;
}

const maxBodyBytes = 64 * 1024;

type EndAccessRequest = Exclude<EndSessionsRequest, { by: "session" }>;
const { parseQuery, parseBody } = requestParser({
  query: "The query does not match the contract in ipc/control.ts.",
  body: "The request does not match the contract in ipc/control.ts.",
});

/**
 * The app behind `control.sock`, for the auth-server and the administrator: see shared's ipc/control. Errors are
 * `{ error }`: 400 for a request that does not match the contract, 413 for a body that is too large, 503 with a reference
 * into the log for any failure.
 */
export function createControlApp(deps: ControlAppDeps): Hono {
  const { pool, exchanges, store, terminator, streamProbes, events, issuer, checks, sandbox } = deps;
  const app = new Hono();
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: rejectLargeBody }));

  const load = () => ({ workers: pool.counts(), streams: exchanges.streamCount });
  addHealthRoutes(app, { issuer, checks, sandbox, load });

  app.get(controlPaths.metrics, async (c) =>
    c.body(await deps.metrics.metrics(), 200, { "content-type": deps.metrics.contentType }),
  );

  app.get(controlPaths.sessions, async (c) => {
    const filter = parseQuery(c, listSessionsQuery);
    const { sessions, ...rest } = await store.list(filter, filter);
    return c.json<ListSessionsResponse>({
      sessions: sessions.map(({ sessionRef, record }) => Object.assign({ sessionRef }, record)),
      ...rest,
    });
  });

  app.post(controlPaths.end, async (c) => {
    const request = await parseBody(c, endSessionsRequest);
    const response =
      request.by === "session" ? await endSession(request.sessionRef) : await endAccess(request);
    events.accessTerminated(request, response);
    return c.json(response);
  });

  app.post(controlPaths.startWorker, async (c) => {
    const { upstreamToken, ...owner } = await parseBody(c, startWorkerRequest);
    const status = pool.start(owner, {
      token: upstreamToken.token,
      issuedAtMs: upstreamToken.issuedAtSec * 1000,
      expiresAtMs: upstreamToken.expiresAtSec * 1000,
      clientName: upstreamToken.clientName,
    });
    const isRevoked = status === "starting" && (await terminator.endIfRevoked(owner.grantId));
    return c.json<StartWorkerResponse>({ status: isRevoked ? "dropped" : status });
  });

  app.post(controlPaths.retireWorkers, async (c) => {
    const { accountId, grantIds } = await parseBody(c, retireWorkersRequest);
    return c.json<RetireWorkersResponse>({ workers: pool.retire(accountId, grantIds) });
  });

  app.post(controlPaths.policyChanged, async (c) => {
    const request = await parseBody(c, policyChangedRequest);
    deps.onPolicyChanged(request.grantId);
    return c.json<PolicyChangedResponse>({});
  });

  app.get(controlPaths.workers, (c) => {
    const query = parseQuery(c, accountPageQuery);
    const { accountId } = query;
    const workers = pool.list().filter((worker) => accountId === undefined || worker.accountId === accountId);
    const { items, ...rest } = takePage(workers, ({ pid }) => String(pid).padStart(10, "0"), query);
    const memory = memoryByGroup();
    const withMemory = items.map((worker) => Object.assign(worker, memoryOf(worker.pid, memory)));
    return c.json<ListWorkersResponse>({ workers: withMemory, ...rest });
  });

  app.post(controlPaths.endWorker, async (c) => {
    const request = await parseBody(c, endWorkerRequest);
    const isEnded = await pool.endWorker(request.pid);
    return c.json<EndWorkerResponse>({ workers: isEnded ? 1 : 0 });
  });

  app.get(controlPaths.inspection, async (c) =>
    c.json<InspectionResponse>({ findings: [...(await deps.inspect())] }),
  );

  app.post(controlPaths.checkChild, async (c) => {
    const request = await parseBody(c, checkChildRequest);
    return c.json<CheckChildResponse>(await pool.checkChild(request));
  });

  app.post(controlPaths.streamProbes, (c) => c.json<StreamProbeResponse>({ probe: streamProbes.issue() }));

  app.post(controlPaths.streamProbeState, async (c) => {
    const request = await parseBody(c, streamProbeStateRequest);
    return c.json<StreamProbeStateResponse>({ state: streamProbes.state(request.probe) });
  });

  app.notFound((c) => c.json({ error: "There is nothing here." }, 404));
  app.onError((error, c) => {
    const { status, body } = errorResponse(error, (failure) => events.requestFailed(failure));
    return c.json(body, status);
  });
  return app;

  async function endAccess(request: EndAccessRequest): Promise<EndSessionsResponse> {
    const [ended, sessions] = await Promise.all([
      terminator.end(ownerMatcher(request)),
      request.by === "grant" || request.by === "grants"
        ? reportSessions(request.sessions)
        : store.deleteAll(filterOf(request)),
    ]);
    return { ...ended, sessions };
  }

  /** The auth-server has deleted them with their grants. Returns how many there were. */
  function reportSessions(byAccount: readonly (readonly [AccountId, number])[] = []): number {
    for (const [accountId, count] of byAccount) events.sessionsEndedWithGrants({ accountId, count });
    return byAccount.reduce((sum, [, count]) => sum + count, 0);
  }

  /** As the client's own DELETE: calls in flight go on, unless the session has a worker of its own. */
  async function endSession(ref: SessionRef): Promise<EndSessionsResponse> {
    const found = await store.find(ref);
    if (found === undefined) return { workers: 0, streams: 0, sessions: 0 };
    const streams = exchanges.endStreamsOf(found.hash);
    if (!(await store.delete(found.hash, found.record))) return { workers: 0, streams, sessions: 0 };
    const { accountId } = found.record;
    events.sessionsEnded({ accountId, reason: "administrator", sessions: [found.hash] });
    return { workers: 0, streams, sessions: 1 };
  }
}

function memoryOf(pid: number, memory: ReadonlyMap<number, number>): { memoryBytes?: number } {
  const memoryBytes = memory.get(pid);
  return memoryBytes === undefined ? {} : { memoryBytes };
}

/** The sessions to delete. */
function filterOf(request: Extract<EndAccessRequest, { by: "client" | "account" }>): SessionFilter {
  if (request.by === "client") return { clientId: request.clientId };
  return { accountId: request.accountId };
}

function ownerMatcher(request: EndAccessRequest): (owner: Principal) => boolean {
  if (request.by === "grant") return ({ grantId }) => grantId === request.grantId;
  if (request.by === "grants") {
    const ending = new Set(request.grantIds);
    return ({ grantId }) => ending.has(grantId);
  }
  if (request.by === "client") return ({ clientId }) => clientId === request.clientId;
  return ({ accountId }) => accountId === request.accountId;
}
