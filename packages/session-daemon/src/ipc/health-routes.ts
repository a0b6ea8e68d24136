import { overallStatus, type ComponentHealth } from "@fjmcp/shared/component-health";
import { controlPaths, type HealthResponse } from "@fjmcp/shared/ipc/control";
import { identityPath, type IdentityResponse } from "@fjmcp/shared/ipc/health";
import { version } from "@fjmcp/shared/version";
import type { Hono } from "hono";

/** How to look at what the session-daemon needs. None of them rejects. */
export interface HealthChecks {
  readonly redis: () => Promise<ComponentHealth>;
  readonly authServer: () => Promise<ComponentHealth>;
  readonly forgejo: () => Promise<ComponentHealth>;
}

/** Adds the routes of shared's ipc/health. */
export function addHealthRoutes(
  app: Hono,
  deps: {
    issuer: string;
    checks: HealthChecks;
    sandbox: HealthResponse["sandbox"];
    load: () => Pick<HealthResponse, "workers" | "streams">;
  },
): void {
  const { issuer, checks, sandbox, load } = deps;
  app.get(identityPath, (c) => c.json<IdentityResponse>({ daemon: "session-daemon", version, issuer }));

  app.get(controlPaths.health, async (c) => {
    const [redis, authServer, forgejo] = await Promise.all([
      checks.redis(),
      checks.authServer(),
      checks.forgejo(),
    ]);
    const status = overallStatus([redis, authServer, forgejo]);
    return c.json<HealthResponse>({
      status,
      version,
      issuer,
      redis,
      authServer,
      forgejo,
      sandbox,
      ...load(),
    });
  });
}
