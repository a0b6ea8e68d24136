import type { Server } from "node:http";
import { createGracefulServer } from "@fjmcp/shared/http-server/graceful-server";
import {
  upstreamTokenPath,
  upstreamTokenRequest,
  type UpstreamTokenResponse,
} from "@fjmcp/shared/ipc/upstream-token";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { AuditEvents } from "../audit-events.ts";
import { LoginRequiredError } from "../upstream/errors/login-required-error.ts";
import type { UpstreamTokens } from "../upstream/tokens/upstream-tokens.ts";
import type { AccessTokenVerifier } from "../grant/access-token-verifier.ts";
import { addHealthRoutes, type HealthChecks } from "./health-routes.ts";

const maxBodyBytes = 16 * 1024;
const retryAfterSec = 5;

/**
 * Serves Forgejo tokens to the session-daemon, by the contract of shared's ipc/upstream-token; any other request gets 400.
 * The caller starts to listen (`listenUnix`) and closes it.
 */
export function createIpcServer(deps: {
  verifyAccessToken: AccessTokenVerifier;
  tokens: UpstreamTokens;
  events: AuditEvents;
  issuer: string;
  checks: HealthChecks;
}): Server {
  const app = new Hono();
  addHealthRoutes(app, deps);

  app.post(upstreamTokenPath, bodyLimit({ maxSize: maxBodyBytes }), async (c) => {
    const request = upstreamTokenRequest.safeParse(await c.req.json().catch(() => undefined));
    if (!request.success) return c.json({ error: "not an upstream-token request" }, 400);
    return c.json(await respond(deps, request.data.accessToken));
  });

  const listener = getRequestListener(app.fetch);
  return createGracefulServer({}, (incoming, outgoing) => void listener(incoming, outgoing));
}

async function respond(
  { verifyAccessToken, tokens, events }: Parameters<typeof createIpcServer>[0],
  accessToken: string,
): Promise<UpstreamTokenResponse> {
  try {
    const record = await verifyAccessToken(accessToken);
    if (record === undefined) return { status: "invalid_token" };
    const { accessToken: token, ...rest } = await tokens.fresh(record.accountId);
    return { status: "ok", token, ...rest };
  } catch (error) {
    if (error instanceof LoginRequiredError) return { status: "login_required" };
    events.upstreamTokenUnavailable({ error });
    return { status: "unavailable", retryAfterSec };
  }
}
