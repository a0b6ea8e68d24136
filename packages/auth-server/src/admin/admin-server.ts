import type { Server } from "node:http";
import { createGracefulServer } from "@fjmcp/shared/http-server/graceful-server";
import {
  adminPaths,
  endClientRequest,
  endUserRequest,
  listUsersQuery,
  narrowGrantRequest,
  type EndAccessResponse,
  type ListClientsResponse,
  type ListUsersResponse,
  type NarrowGrantResponse,
} from "@fjmcp/shared/ipc/admin";
import { explainUsersPath, explainUsersQuery, type ExplainUsersResponse } from "@fjmcp/shared/ipc/explain";
import { accountPageQuery } from "@fjmcp/shared/ipc/page";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { rejectLargeBody } from "@fjmcp/shared/ipc/contract-error";
import { addErrorResponses } from "../ipc/error-responses.ts";
import type { AdminDeps } from "./admin-deps.ts";
import { endClient, endUser } from "./end-access.ts";
import { explainUsers } from "./explain-users.ts";
import { listClients } from "./list-clients.ts";
import { listUsers } from "./list-users.ts";
import { parseBody, parseQuery } from "./parse-request.ts";
import { createPassOn } from "./pass-on.ts";
import { addPersonalTokenRoutes } from "./personal-token-routes.ts";
import { addSessionDaemonRoutes } from "./session-daemon-routes.ts";
import { addStatusRoutes } from "./status-routes.ts";

const maxBodyBytes = 16 * 1024;

/**
 * Serves the administrator's command line, by the contract of shared's ipc/admin. Access to the socket is the only
 * access control. Errors are `{ error }`: 400 for a request that does not match the contract, 413 for a body that is too
 * large, 503 with a reference into the log for any failure. The caller starts to listen (`listenUnix`) and closes it.
 */
export function createAdminServer(deps: AdminDeps): Server {
  const app = new Hono();
  const passOn = createPassOn(deps.controlSocket);
  app.use(bodyLimit({ maxSize: maxBodyBytes, onError: rejectLargeBody }));
  addStatusRoutes(app, deps, passOn);
  addSessionDaemonRoutes(app, deps, passOn);
  addPersonalTokenRoutes(app, deps);

  app.get(adminPaths.users, async (c) =>
    c.json<ListUsersResponse>(await listUsers(deps, parseQuery(c, listUsersQuery))),
  );
  app.get(explainUsersPath, async (c) =>
    c.json<ExplainUsersResponse>(await explainUsers(deps, parseQuery(c, explainUsersQuery).user)),
  );
  app.post(adminPaths.endUser, async (c) =>
    c.json<EndAccessResponse>(await endUser(deps, await parseBody(c, endUserRequest))),
  );
  app.get(adminPaths.clients, async (c) =>
    c.json<ListClientsResponse>(await listClients(deps, parseQuery(c, accountPageQuery))),
  );
  app.post(adminPaths.endClient, async (c) =>
    c.json<EndAccessResponse>(await endClient(deps, await parseBody(c, endClientRequest))),
  );
  app.post(adminPaths.narrowGrant, async (c) => {
    const { grantId, ...access } = await parseBody(c, narrowGrantRequest);
    return c.json<NarrowGrantResponse>({ status: await deps.narrowGrant(grantId, access, "administrator") });
  });

  addErrorResponses(app, deps.events);
  const listener = getRequestListener(app.fetch);
  return createGracefulServer({}, (incoming, outgoing) => void listener(incoming, outgoing));
}
