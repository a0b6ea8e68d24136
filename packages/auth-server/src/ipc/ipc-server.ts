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

const maxBodyBytes = 16 * 1024;
const retryAfterSec = 5;

/**
 * Answers the session-daemon with the contract of shared's ipc/upstream-token; what is not a request of it gets 400.
 * The caller listens with it (`listenUnix`) and closes it.
 */
export function createIpcServer(deps: {
  checkAccessToken: AccessTokenVerifier;
  tokens: UpstreamTokens;
  events: AuditEvents;
}): Server {
  const app = new Hono();

  app.post(upstreamTokenPath, bodyLimit({ maxSize: maxBodyBytes }), async (context) => {
    const request = upstreamTokenRequest.safeParse(await context.req.json().catch(() => undefined));
    if (!request.success) return context.json({ error: "not an upstream-token request" }, 400);
    return context.json(await answer(deps, request.data.accessToken));
  });

  const listener = getRequestListener(app.fetch);
  return createGracefulServer({}, (incoming, outgoing) => void listener(incoming, outgoing));
}

async function answer(
  { checkAccessToken, tokens, events }: Parameters<typeof createIpcServer>[0],
  accessToken: string,
): Promise<UpstreamTokenResponse> {
  try {
    const record = await checkAccessToken(accessToken);
    if (record === undefined) return { status: "invalid_token" };
    const { accessToken: token, ...rest } = await tokens.fresh(record.accountId);
    return { status: "ok", token, ...rest };
  } catch (error) {
    if (error instanceof LoginRequiredError) return { status: "login_required" };
    events.upstreamTokenUnavailable({ error });
    return { status: "unavailable", retryAfterSec };
  }
}
