import type { Server } from "node:http";
import { createGracefulServer } from "@fjmcp/shared/http-server/graceful-server";
import {
  upstreamTokenPath,
  upstreamTokenRequest,
  type UpstreamTokenResponse,
} from "@fjmcp/shared/ipc/upstream-token";
import {
  grantUsesPath,
  grantUsesRequest,
  type GrantUsesRequest,
  type GrantUsesResponse,
} from "@fjmcp/shared/ipc/grant-uses";
import {
  userCheckPath,
  userCheckRequest,
  type UserCheckResponse,
  type UserState,
} from "@fjmcp/shared/ipc/user-check";
import type { ClientId, GrantId } from "@fjmcp/shared/ids";
import { rejectLargeBody } from "@fjmcp/shared/ipc/contract-error";
import { requestParser } from "@fjmcp/shared/ipc/request-parser";
import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import type { AuditEvents } from "../audit-events.ts";
import { LoginRequiredError } from "../upstream/errors/login-required-error.ts";
import { UpstreamMisconfiguredError } from "../upstream/errors/upstream-misconfigured-error.ts";
import { UserSuspendedError } from "../upstream/errors/user-suspended-error.ts";
import { VaultKeyMissingError } from "../upstream/errors/vault-key-missing-error.ts";
import type { GrantTokens } from "../upstream/grant-tokens.ts";
import type { GrantStore } from "../grant/grant-store.ts";
import type { AccessTokenVerifier } from "../grant/access-token-verifier.ts";
import { retryAfterSec } from "../retry-after.ts";
import { addErrorResponses } from "./error-responses.ts";
import { addHealthRoutes, type HealthChecks } from "./health-routes.ts";

interface IpcServerDeps {
  readonly verifyAccessToken: AccessTokenVerifier;
  readonly tokens: Pick<GrantTokens, "fresh" | "check" | "checkOthers">;
  readonly grants: Pick<GrantStore, "recordUses">;
  /** What is known of a client by its id; undefined for an id of another installation. */
  readonly describeClient: (client: ClientId) => Promise<{ readonly name: string } | undefined>;
  readonly events: AuditEvents;
  readonly issuer: string;
  readonly checks: HealthChecks;
}

const maxBodyBytes = 16 * 1024;
const contractMessage = "The request does not match the contract in shared's ipc folder.";
const { parseBody } = requestParser({ query: contractMessage, body: contractMessage });
/** A use has its account, its grant, its time and the names of a few tools. */
const maxUsesBytes = 1024 * 1024;

/**
 * Serves Forgejo tokens and checks of users to the session-daemon, and records the uses of grants, by the contracts of
 * shared's ipc/upstream-token, ipc/user-check and ipc/grant-uses. Errors are `{ error }`: 400 for a request that does not match
 * the contract, 413 for a body that is too large, 503 with a reference into the log for any failure. The caller starts to
 * listen (`listenUnix`) and closes it.
 */
export function createIpcServer(deps: IpcServerDeps): Server {
  const app = new Hono();
  const limit = bodyLimit({ maxSize: maxBodyBytes, onError: rejectLargeBody });
  const usesLimit = bodyLimit({ maxSize: maxUsesBytes, onError: rejectLargeBody });
  addHealthRoutes(app, deps);

  app.post(upstreamTokenPath, limit, async (c) => {
    const { accessToken } = await parseBody(c, upstreamTokenRequest);
    return c.json<UpstreamTokenResponse>(await upstreamToken(deps, accessToken));
  });

  app.post(userCheckPath, limit, async (c) => {
    const { grantId } = await parseBody(c, userCheckRequest);
    const [response, misconfigured] = await Promise.all([
      userCheck(deps, grantId),
      // What concerns the grant itself stands in its response.
      deps.tokens.checkOthers(grantId).catch(() => []),
    ]);
    return c.json<UserCheckResponse>({ ...response, ...(misconfigured.length > 0 && { misconfigured }) });
  });

  app.post(grantUsesPath, usesLimit, async (c) =>
    c.json<GrantUsesResponse>(await recordUses(deps, await parseBody(c, grantUsesRequest))),
  );

  addErrorResponses(app, deps.events);

  const listener = getRequestListener(app.fetch);
  return createGracefulServer({}, (incoming, outgoing) => void listener(incoming, outgoing));
}

async function upstreamToken(
  { verifyAccessToken, tokens, describeClient, events }: IpcServerDeps,
  accessToken: string,
): Promise<UpstreamTokenResponse> {
  try {
    const record = await verifyAccessToken(accessToken);
    if (record === undefined) return { status: "invalid_token" };
    const [{ accessToken: token, ...rest }, client] = await Promise.all([
      tokens.fresh(record.grantId),
      // A worker starts without the name, too.
      describeClient(record.clientId).catch(() => undefined),
    ]);
    return { status: "ok", token, ...rest, ...(client?.name && { clientName: client.name }) };
  } catch (error) {
    if (error instanceof LoginRequiredError) return { status: "login_required" };
    const response = unusable(error);
    if (response !== undefined) return response;
    events.upstreamTokenUnavailable({ error });
    return { status: "unavailable", retryAfterSec: retryAfterSec.forgejo };
  }
}

async function userCheck({ tokens, events }: IpcServerDeps, grant: GrantId): Promise<UserState> {
  try {
    await tokens.check(grant);
    return { status: "ok" };
  } catch (error) {
    if (error instanceof LoginRequiredError) return { status: "revoked" };
    const response = unusable(error);
    if (response !== undefined) return response;
    events.userCheckUnavailable({ error });
    return { status: "unavailable" };
  }
}

async function recordUses(
  { grants, events }: IpcServerDeps,
  { uses }: GrantUsesRequest,
): Promise<GrantUsesResponse> {
  try {
    await grants.recordUses(uses);
    return { status: "ok" };
  } catch (error) {
    events.grantUsesFailed({ error });
    return { status: "unavailable" };
  }
}

/** The response for what the user or an administrator must mend first; both were logged where they were found. */
function unusable(error: unknown) {
  if (error instanceof UserSuspendedError) return { status: "suspended", message: error.message } as const;
  if (error instanceof VaultKeyMissingError) return { status: "misconfigured", fault: "vault_key" } as const;
  if (error instanceof UpstreamMisconfiguredError) return { status: "misconfigured" } as const;
  return undefined;
}
