import { overallStatus, type ComponentHealth } from "@fjmcp/shared/component-health";
import {
  healthPath,
  identityPath,
  type AuthServerHealth,
  type IdentityResponse,
} from "@fjmcp/shared/ipc/health";
import { version } from "@fjmcp/shared/version";
import type { Hono } from "hono";

/** How to look at what the auth-server needs. None of them rejects. */
export interface HealthChecks {
  readonly redis: () => Promise<ComponentHealth>;
  readonly forgejo: () => Promise<ComponentHealth>;
  readonly sessionDaemon: () => Promise<ComponentHealth>;
}

/** Adds the two routes of shared's ipc/health. */
export function addHealthRoutes(
  app: Hono,
  { issuer, checks }: { issuer: string; checks: HealthChecks },
): void {
  app.get(identityPath, (c) => c.json<IdentityResponse>({ daemon: "auth-server", version, issuer }));

  app.get(healthPath, async (c) => c.json(await authServerHealthOf({ issuer, checks })));
}

/** Looks at everything that the auth-server needs. Never rejects. */
export async function authServerHealthOf(deps: {
  issuer: string;
  checks: HealthChecks;
}): Promise<AuthServerHealth> {
  const { issuer, checks } = deps;
  const [redis, forgejo, sessionDaemon] = await Promise.all([
    checks.redis(),
    checks.forgejo(),
    checks.sessionDaemon(),
  ]);
  const status = overallStatus([redis, forgejo, sessionDaemon]);
  return { status, version, issuer, redis, forgejo, sessionDaemon };
}
