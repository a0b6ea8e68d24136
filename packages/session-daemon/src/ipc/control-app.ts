import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import type { AccountId, ClientId } from "@fjmcp/shared/ids";
import {
  controlPaths,
  endSessionsRequest,
  type EndSessionsRequest,
  type EndSessionsResponse,
  type HealthResponse,
  type ListSessionsResponse,
} from "@fjmcp/shared/ipc/control";
import type { Principal } from "../auth/principal.ts";
import type { Events } from "../events.ts";
import type { GrantTerminator } from "../session/grant-terminator.ts";
import type { ActiveExchanges } from "../session/active-exchanges.ts";
import type { SessionFilter, SessionStore } from "../session/session-store.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";

/** What the auth-server and the administrator may ask over `control.sock`: see shared's ipc/control. */
export function controlApp(parts: {
  pool: WorkerPool;
  exchanges: ActiveExchanges;
  store: SessionStore;
  ender: GrantTerminator;
  events: Events;
  /** Whether the store answers just now. */
  storeReady: () => Promise<boolean>;
}): Hono {
  const { pool, exchanges, store, ender, events, storeReady } = parts;
  const app = new Hono();
  app.use(bodyLimit({ maxSize: 64 * 1024 }));

  app.get(controlPaths.health, async (context) => {
    const ready = await storeReady();
    return context.json<HealthResponse>({
      status: ready ? "ok" : "degraded",
      redis: ready ? "ok" : "unreachable",
      workers: pool.counts(),
      streams: exchanges.streamCount,
    });
  });

  app.get(controlPaths.sessions, async (context) => {
    const { accountId, clientId } = context.req.query();
    const records = await store.list({
      accountId: accountId as AccountId | undefined,
      clientId: clientId as ClientId | undefined,
    });
    return context.json<ListSessionsResponse>({ sessions: records });
  });

  app.post(controlPaths.end, async (context) => {
    const request = endSessionsRequest.safeParse(await context.req.json().catch(() => undefined));
    if (!request.success) return context.json({ error: "The request is not as ipc/control.ts has it." }, 400);
    const filter = filterOf(request.data);
    const [ended, sessions] = await Promise.all([
      ender.end(ownerMatcher(request.data)),
      filter === undefined ? 0 : store.deleteAll(filter),
    ]);
    events.accessEnded("control", { ...request.data, ...ended, sessions });
    return context.json<EndSessionsResponse>({ ...ended, sessions });
  });

  app.notFound((context) => context.json({ error: "There is nothing here." }, 404));
  app.onError((error, context) => {
    const reference = newErrorReference();
    events.requestFailed(reference, error);
    return context.json({ error: `It did not work; the log has the cause at reference ${reference}.` }, 503);
  });
  return app;
}

/** The sessions to delete; a grant's may live on with another grant of the same account and client. */
function filterOf(request: EndSessionsRequest): SessionFilter | undefined {
  if (request.by === "grant") return undefined;
  if (request.by === "client") return { clientId: request.clientId };
  return { accountId: request.accountId };
}

function ownerMatcher(request: EndSessionsRequest): (owner: Principal) => boolean {
  if (request.by === "grant") return ({ grantId }) => grantId === request.grantId;
  if (request.by === "client") return ({ clientId }) => clientId === request.clientId;
  return ({ accountId }) => accountId === request.accountId;
}
