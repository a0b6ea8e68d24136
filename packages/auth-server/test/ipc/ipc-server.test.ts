import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";
import { createAuditEvents } from "../../src/audit-events.ts";
import { createIpcServer } from "../../src/ipc/ipc-server.ts";
import { LoginRequiredError } from "../../src/upstream/errors/login-required-error.ts";
import type { GrantTokens } from "../../src/upstream/grant-tokens.ts";
import { UpstreamUnavailableError } from "../../src/upstream/errors/upstream-unavailable-error.ts";
import type { ComponentHealth } from "@fjmcp/shared/component-health";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { upstreamTokenPath, upstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import { userCheckPath, userCheckResponse } from "@fjmcp/shared/ipc/user-check";
import { UpstreamMisconfiguredError } from "../../src/upstream/errors/upstream-misconfigured-error.ts";
import { UserSuspendedError } from "../../src/upstream/errors/user-suspended-error.ts";
import { listenUnix, SocketInUseError } from "@fjmcp/shared/http-server/unix-listener";
import type { AccessTokenRecord } from "@fjmcp/shared/oauth/access-token-record";
import { request as httpRequest } from "@fjmcp/testkit/mcp-client/http-client";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { memoryLog } from "../support/upstream-setup.ts";

const token = { accessToken: "the-forgejo-token", issuedAtSec: 1, expiresAtSec: 2 };

const ok = async (): Promise<ComponentHealth> => ({ status: "ok" });
const checks = { redis: ok, forgejo: ok, sessionDaemon: ok };

async function serve(
  t: Test,
  fresh: GrantTokens["fresh"] = async () => token,
  check: GrantTokens["check"] = async () => undefined,
  failing: Partial<typeof checks> = {},
) {
  const socketPath = join(temporaryDirectory(t), "ipc.sock");
  const { log, text } = memoryLog();
  const server = createIpcServer({
    verifyAccessToken: async (presented) =>
      presented === "good"
        ? ({ accountId: "7", grantId: "living", clientId: "a-client" } as AccessTokenRecord)
        : undefined,
    tokens: { fresh, check, checkOthers: async () => [] },
    grants: { recordUses: async () => undefined },
    describeClient: async (client) => ({ name: `The name of ${client}` }),
    events: createAuditEvents(log),
    issuer: "https://mcp.example.org",
    checks: { ...checks, ...failing },
  });
  await listenUnix(server, socketPath);
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  const ask = (accessToken: string) =>
    callIpc({
      socketPath,
      path: upstreamTokenPath,
      body: { accessToken },
      schema: upstreamTokenResponse,
      timeoutMs: 60_000,
    });
  const askUser = (grantId: string) =>
    callIpc({
      socketPath,
      path: userCheckPath,
      body: { grantId },
      schema: userCheckResponse,
      timeoutMs: 60_000,
    });
  return { socketPath, ask, askUser, logText: text };
}

t.test(
  "responds to a valid access token with its grant's Forgejo token, to any other with invalid_token",
  async (t) => {
    const grants: string[] = [];
    const { ask } = await serve(t, async (grant) => {
      grants.push(grant);
      return token;
    });
    const { accessToken, ...rest } = token;
    t.same(await ask("good"), {
      status: "ok",
      token: accessToken,
      ...rest,
      clientName: "The name of a-client",
    });
    t.same(await ask("bad"), { status: "invalid_token" });
    t.same(grants, ["living"]);
  },
);

t.test(
  "responds login_required for a disconnected account, unavailable for any other failure, and logs no secret",
  async (t) => {
    const disconnected = await serve(t, () => Promise.reject(new LoginRequiredError("disconnected")));
    t.same(await disconnected.ask("good"), { status: "login_required" });
    for (const error of [new UpstreamUnavailableError("down"), new Error("anything")]) {
      const { ask, logText } = await serve(t, () => Promise.reject(error));
      t.match(await ask("good"), { status: "unavailable", retryAfterSec: Number });
      t.match(logText(), error.message);
      t.notOk(logText().includes('"good"'));
    }
  },
);

t.test("responds suspended with Forgejo's sentence and misconfigured, each by its own status", async (t) => {
  const cases = [
    [new UserSuspendedError("Do this first."), { status: "suspended", message: "Do this first." }],
    [new UpstreamMisconfiguredError("wrong secret"), { status: "misconfigured" }],
  ] as const;
  for (const [error, response] of cases) {
    const reject = () => Promise.reject(error);
    const { ask, askUser } = await serve(t, reject, reject);
    t.same(await ask("good"), response);
    t.same(await askUser("living"), response);
  }
});

t.test("checks the user of a grant; one that is unknown or has ended is revoked", async (t) => {
  const grants: string[] = [];
  const { askUser } = await serve(t, undefined, async (grant) => void grants.push(grant));
  t.same(await askUser("living"), { status: "ok" });
  t.same(grants, ["living"]);
  const disconnected = await serve(t, undefined, () =>
    Promise.reject(new LoginRequiredError("disconnected")),
  );
  t.same(await disconnected.askUser("living"), { status: "revoked" });
  for (const error of [new UpstreamUnavailableError("down"), new Error("anything")]) {
    const failing = await serve(t, undefined, () => Promise.reject(error));
    t.same(await failing.askUser("living"), { status: "unavailable" });
    t.match(failing.logText(), error.message);
  }
});

t.test("responds 400 to malformed input, 413 to too much of it, 404 to anything else", async (t) => {
  const { socketPath } = await serve(t);
  async function status(path: string, method: string, body = ""): Promise<number | undefined> {
    const outgoing = request({ socketPath, path, method }).end(body);
    return new Promise((resolve, reject) => {
      outgoing.on("error", reject);
      outgoing.on("response", (response) => void text(response).then(() => resolve(response.statusCode)));
    });
  }
  for (const body of ["", "{", "[]", "null", '{"accessToken":""}', '{"accessToken":1}', "\0"]) {
    t.equal(await status(upstreamTokenPath, "POST", body), 400, JSON.stringify(body));
  }
  t.equal(await status(upstreamTokenPath, "POST", `{"accessToken":"${"x".repeat(5000)}"}`), 400);
  t.equal(await status(upstreamTokenPath, "POST", "x".repeat(20_000)), 413);
  for (const body of ["", "null", '{"grantId":""}', '{"grantId":7}', '{"accountId":"7"}']) {
    t.equal(await status(userCheckPath, "POST", body), 400, JSON.stringify(body));
  }
  t.equal(await status(userCheckPath, "POST", "x".repeat(20_000)), 413);
  t.equal(await status(upstreamTokenPath, "GET"), 404);
  t.equal(await status("/else", "POST", "{}"), 404);
});

t.test("logs a failure that it did not expect, and responds 503 with a reference", async (t) => {
  const { socketPath, logText } = await serve(t, undefined, undefined, {
    redis: () => Promise.reject(new Error("a defect")),
  });
  const response = await httpRequest({ socketPath }, { method: "GET", path: "/health" });
  t.match(response, { status: 503, json: { error: /reference/ } });
  t.match(logText(), /request\.failed[^]*err: Error: a defect/);
});

t.test("does not take over a socket on which another process listens", async (t) => {
  const { socketPath } = await serve(t);
  await t.rejects(listenUnix(createServer(), socketPath), SocketInUseError);
});
