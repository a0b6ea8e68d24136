import { request } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import t, { type Test } from "tap";
import { createAuditEvents } from "../../src/audit-events.ts";
import { createIpcServer } from "../../src/ipc/ipc-server.ts";
import { LoginRequiredError } from "../../src/upstream/errors/login-required-error.ts";
import type { UpstreamTokens } from "../../src/upstream/tokens/upstream-tokens.ts";
import { UpstreamUnavailableError } from "../../src/upstream/errors/upstream-unavailable-error.ts";
import type { ComponentHealth } from "@fjmcp/shared/component-health";
import { callIpc } from "@fjmcp/shared/ipc/ipc-client";
import { upstreamTokenPath, upstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import { listenUnix, SocketInUseError } from "@fjmcp/shared/http-server/unix-listener";
import type { AccessTokenRecord } from "@fjmcp/shared/oauth/access-token-record";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { memoryLog } from "../support/upstream-setup.ts";

const token = { accessToken: "the-forgejo-token", issuedAtSec: 1, expiresAtSec: 2, scope: "read:user" };

const ok = async (): Promise<ComponentHealth> => ({ status: "ok" });
const checks = { redis: ok, forgejo: ok, sessionDaemon: ok };

async function serve(t: Test, fresh: UpstreamTokens["fresh"] = async () => token) {
  const socketPath = join(temporaryDirectory(t), "ipc.sock");
  const { log, text } = memoryLog();
  const server = createIpcServer({
    verifyAccessToken: async (presented) =>
      presented === "good" ? ({ accountId: "7" } as AccessTokenRecord) : undefined,
    tokens: { fresh },
    events: createAuditEvents(log),
    issuer: "https://mcp.example.org",
    checks,
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
      timeoutMs: 5000,
    });
  return { socketPath, ask, logText: text };
}

t.test(
  "responds to a valid access token with its account's Forgejo token, to any other with invalid_token",
  async (t) => {
    const accounts: string[] = [];
    const { ask } = await serve(t, async (account) => {
      accounts.push(account);
      return token;
    });
    const { accessToken, ...rest } = token;
    t.same(await ask("good"), { status: "ok", token: accessToken, ...rest });
    t.same(await ask("bad"), { status: "invalid_token" });
    t.same(accounts, ["7"]);
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
  t.equal(await status(upstreamTokenPath, "GET"), 404);
  t.equal(await status("/else", "POST", "{}"), 404);
});

t.test("does not take over a socket on which another process listens", async (t) => {
  const { socketPath } = await serve(t);
  await t.rejects(listenUnix(createServer(), socketPath), SocketInUseError);
});
