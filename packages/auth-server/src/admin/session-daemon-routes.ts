import {
  adminPaths,
  endSessionRequest,
  type AdminSessionsResponse,
  type AdminWorkersResponse,
  type EndOneResponse,
} from "@fjmcp/shared/ipc/admin";
import {
  checkChildRequest,
  checkChildResponse,
  controlPaths,
  endSessionsResponse,
  endWorkerRequest,
  endWorkerResponse,
  listSessionsResponse,
  listWorkersResponse,
  streamProbeResponse,
  streamProbeStateRequest,
  streamProbeStateResponse,
  type EndSessionsRequest,
} from "@fjmcp/shared/ipc/control";
import { accountPageQuery } from "@fjmcp/shared/ipc/page";
import type { Context, Hono } from "hono";
import type { AdminDeps } from "./admin-deps.ts";
import { withOwnerNames } from "./owner-names.ts";
import { parseBody, parseQuery } from "./parse-request.ts";
import type { PassOn } from "./pass-on.ts";

/** Adds the routes that are passed on to the session-daemon. */
export function addSessionDaemonRoutes(
  app: Hono,
  deps: Pick<AdminDeps, "events" | "loginOf" | "describeClient">,
  passOn: PassOn,
): void {
  const { events } = deps;
  app.get(adminPaths.sessions, async (c) => {
    const passed = await passOn(controlPaths.sessions + listQuery(c), listSessionsResponse);
    if (passed.status === "away") return c.json<AdminSessionsResponse>(passed);
    const sessions = await withOwnerNames(deps, passed.response.sessions);
    return c.json<AdminSessionsResponse>({ status: "ok", response: { ...passed.response, sessions } });
  });

  app.post(adminPaths.endSession, async (c) => {
    const { sessionRef } = await parseBody(c, endSessionRequest);
    const request: EndSessionsRequest = { by: "session", sessionRef };
    const passed = await passOn(controlPaths.end, endSessionsResponse, request);
    if (passed.status === "away") return c.json<EndOneResponse>(passed);
    const ended = passed.response.sessions;
    if (ended > 0) events.accessEnded({ kind: "session", sessionRef });
    return c.json<EndOneResponse>({ status: "ok", response: { ended } });
  });

  app.get(adminPaths.workers, async (c) => {
    const passed = await passOn(controlPaths.workers + listQuery(c), listWorkersResponse);
    if (passed.status === "away") return c.json<AdminWorkersResponse>(passed);
    const workers = await withOwnerNames(deps, passed.response.workers);
    return c.json<AdminWorkersResponse>({ status: "ok", response: { ...passed.response, workers } });
  });

  app.post(adminPaths.endWorker, async (c) => {
    const request = await parseBody(c, endWorkerRequest);
    const passed = await passOn(controlPaths.endWorker, endWorkerResponse, request);
    if (passed.status === "away") return c.json<EndOneResponse>(passed);
    const ended = passed.response.workers;
    if (ended > 0) events.accessEnded({ kind: "worker", pid: request.pid });
    return c.json<EndOneResponse>({ status: "ok", response: { ended } });
  });

  app.post(adminPaths.checkChild, async (c) =>
    c.json(await passOn(controlPaths.checkChild, checkChildResponse, await parseBody(c, checkChildRequest))),
  );

  app.post(adminPaths.streamProbes, async (c) =>
    c.json(await passOn(controlPaths.streamProbes, streamProbeResponse, {})),
  );

  app.post(adminPaths.streamProbeState, async (c) =>
    c.json(
      await passOn(
        controlPaths.streamProbeState,
        streamProbeStateResponse,
        await parseBody(c, streamProbeStateRequest),
      ),
    ),
  );
}

/** The request's query after its check, for the session-daemon. */
function listQuery(c: Context): string {
  const { limit, after, accountId } = parseQuery(c, accountPageQuery);
  const query = new URLSearchParams({ limit: String(limit) });
  if (after !== undefined) query.set("after", after);
  if (accountId !== undefined) query.set("accountId", accountId);
  return `?${query.toString()}`;
}
