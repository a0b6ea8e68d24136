import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { z } from "zod";
import { accountIdSchema, clientIdSchema } from "@fjmcp/shared/ids";
import {
  controlPaths,
  endSessionsRequest,
  retireWorkersRequest,
  type EndSessionsRequest,
  type EndSessionsResponse,
  type HealthResponse,
  type ListSessionsResponse,
  type RetireWorkersResponse,
} from "@fjmcp/shared/ipc/control";
import type { Principal } from "../auth/principal.ts";
import type { Events } from "../events.ts";
import type { GrantTerminator } from "../session/grant-terminator.ts";
import type { ActiveExchanges } from "../session/active-exchanges.ts";
import type { SessionFilter, SessionStore } from "../session/session-store.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import { addHealthRoutes, type HealthChecks } from "./health-routes.ts";

interface ControlAppDeps {
  readonly pool: WorkerPool;
  readonly exchanges: ActiveExchanges;
  readonly store: SessionStore;
  readonly terminator: GrantTerminator;
  readonly events: Events;
  readonly issuer: string;
  readonly checks: HealthChecks;
  readonly sandbox: HealthResponse["sandbox"];
}

const listSessionsQuery = z.object({
  accountId: accountIdSchema.optional(),
  clientId: clientIdSchema.optional(),
});

/**
 * The app behind `control.sock`, for the auth-server and the administrator: see shared's ipc/control. Errors are
 * `{ error }`: 400 for a request that does not match the contract, 503 with a reference into the log for any failure.
 */
export function controlApp(deps: ControlAppDeps): Hono {
  const { pool, exchanges, store, terminator, events, issuer, checks, sandbox } = deps;
  const app = new Hono();
  app.use(bodyLimit({ maxSize: 64 * 1024 }));

  const load = () => ({ workers: pool.counts(), streams: exchanges.streamCount });
  addHealthRoutes(app, { issuer, checks, sandbox, load });

  app.get(controlPaths.sessions, async (c) => {
    const filter = listSessionsQuery.safeParse(c.req.query());
    if (!filter.success) return c.json({ error: "accountId and clientId must not be empty." }, 400);
    return c.json<ListSessionsResponse>({ sessions: await store.list(filter.data) });
  });

  app.post(controlPaths.end, async (c) => {
    const request = endSessionsRequest.safeParse(await c.req.json().catch(() => undefined));
    if (!request.success)
      return c.json({ error: "The request does not match the contract in ipc/control.ts." }, 400);
    const filter = filterOf(request.data);
    const [ended, sessions] = await Promise.all([
      terminator.end(ownerMatcher(request.data)),
      filter === undefined ? 0 : store.deleteAll(filter),
    ]);
    const response: EndSessionsResponse = { ...ended, sessions };
    events.accessTerminated(request.data, response);
    return c.json(response);
  });

  app.post(controlPaths.retireWorkers, async (c) => {
    const request = retireWorkersRequest.safeParse(await c.req.json().catch(() => undefined));
    if (!request.success)
      return c.json({ error: "The request does not match the contract in ipc/control.ts." }, 400);
    return c.json<RetireWorkersResponse>({ workers: pool.retire(request.data.accountId) });
  });

  app.notFound((c) => c.json({ error: "There is nothing here." }, 404));
  app.onError((error, c) => {
    const reference = events.requestFailed(error);
    return c.json({ error: `The request failed; the log has the cause at reference ${reference}.` }, 503);
  });
  return app;
}

/**
 * The sessions to delete. None for a grant: its sessions may live on with another grant of the same account and client.
 */
function filterOf(request: EndSessionsRequest): SessionFilter | undefined {
  if (request.by === "grant" || request.by === "grants") return undefined;
  if (request.by === "client") return { clientId: request.clientId };
  return { accountId: request.accountId };
}

function ownerMatcher(request: EndSessionsRequest): (owner: Principal) => boolean {
  if (request.by === "grant") return ({ grantId }) => grantId === request.grantId;
  if (request.by === "grants") {
    const ending = new Set(request.grantIds);
    return ({ grantId }) => ending.has(grantId);
  }
  if (request.by === "client") return ({ clientId }) => clientId === request.clientId;
  return ({ accountId }) => accountId === request.accountId;
}
