import {
  adminPaths,
  type AdminInspectionResponse,
  type AdminStatusResponse,
  type ListKeysResponse,
} from "@fjmcp/shared/ipc/admin";
import { controlPaths, healthResponse, inspectionResponse } from "@fjmcp/shared/ipc/control";
import type { Hono } from "hono";
import { authServerHealthOf } from "../ipc/health-routes.ts";
import type { AdminDeps } from "./admin-deps.ts";
import { listKeys } from "./list-keys.ts";
import { findMissingVaultKeys } from "./missing-vault-keys.ts";
import type { PassOn } from "./pass-on.ts";

/** Adds the routes that look at both daemons, those of their metrics and of the keys. */
export function addStatusRoutes(app: Hono, deps: AdminDeps, passOn: PassOn): void {
  app.get(adminPaths.status, async (c) => {
    const [authServer, sessionDaemon] = await Promise.all([
      authServerHealthOf(deps),
      passOn(controlPaths.health, healthResponse),
    ]);
    return c.json<AdminStatusResponse>({ authServer, sessionDaemon, forgejoUrl: deps.forgejoUrl });
  });

  app.get(adminPaths.metrics, async (c) =>
    c.body(await deps.scrape.text(), 200, { "content-type": deps.scrape.contentType }),
  );

  app.get(adminPaths.keys, async (c) => c.json<ListKeysResponse>(await listKeys(deps.keys, deps.directory)));

  app.get(adminPaths.inspection, async (c) => {
    const [inspected, missingKeys, sessionDaemon] = await Promise.all([
      deps.inspect(),
      findMissingVaultKeys(deps.keys, deps.directory),
      passOn(controlPaths.inspection, inspectionResponse),
    ]);
    const findings = [...inspected, ...missingKeys];
    return c.json<AdminInspectionResponse>({ authServer: { findings }, sessionDaemon });
  });
}
