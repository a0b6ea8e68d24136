import { setImmediate } from "node:timers/promises";
import t from "tap";
import { endGrant, type FixtureGrant } from "../support/grants.ts";
import { callTool } from "@fjmcp/testkit/mcp-client/messages";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon, type RunningDaemon } from "../support/running-daemon.ts";
import { childrenOf } from "@fjmcp/testkit/process/process-children";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";

function requestStart(daemon: RunningDaemon, grant: FixtureGrant) {
  const { token: _, ...owner } = grant;
  const nowSec = Math.floor(Date.now() / 1000);
  const upstreamToken = { token: "early-token", issuedAtSec: nowSec, expiresAtSec: nowSec + 3600 };
  return daemon.control("POST", "/workers/start", { ...owner, upstreamToken });
}

async function liveWorkers(daemon: RunningDaemon): Promise<number> {
  return (await daemon.health()).workers.live;
}

t.test("starts a worker with the token of the request, before any call", async (t) => {
  const daemon = await startSessionDaemon(t);
  const grant = await daemon.grant();
  t.same((await requestStart(daemon, grant)).json, { status: "starting" });
  await waitUntil("the worker should be ready", async () => (await liveWorkers(daemon)) === 1);
  t.same((await requestStart(daemon, grant)).json, { status: "dropped" }, "there is one already");

  const session = await McpSession.open(daemon, grant);
  const environment = (await session.post(callTool(1, "environment"))).text;
  t.match(environment, /FIXTURE_TOKEN[^,]*\[redacted\]/);
  t.equal(daemon.authServer.tokenRequests, 0);
  t.equal(await liveWorkers(daemon), 1);
  t.notMatch(await daemon.completeLog(), /early-token/);

  const { token: _, ...owner } = await daemon.grant();
  const expired = { token: "t", issuedAtSec: 1, expiresAtSec: 2 };
  const response = await daemon.control("POST", "/workers/start", { ...owner, upstreamToken: expired });
  t.same(response.json, { status: "dropped" }, "an expired token");
  t.equal((await daemon.control("POST", "/workers/start", owner)).status, 400);
});

t.test("leaves no worker of a grant that is revoked while its start is requested", async (t) => {
  const daemon = await startSessionDaemon(t, { FJMCP_SWEEP_SECONDS: "3600", FJMCP_MAX_WORKERS: "6" });
  // As the auth-server does: in the store first, then the notification.
  const revoke = async (grant: FixtureGrant) => {
    await endGrant(daemon.redis, grant);
    const { grantId } = grant;
    t.equal((await daemon.control("POST", "/sessions/end", { by: "grant", grantId })).status, 200);
  };
  const late = await daemon.grant({ accountId: "late" });
  await revoke(late);
  t.same((await requestStart(daemon, late)).json, { status: "dropped" }, "the start comes after the end");

  // Many processes that start at once would keep Redis from its machine for longer than it may take.
  for (let wave = 0; wave < 4; wave += 1) {
    const accounts = Array.from({ length: 6 }, (_, i) => String(6 * wave + i));
    const grants = await Promise.all(accounts.map((accountId) => daemon.grant({ accountId })));
    await Promise.all(
      grants.map(async (grant, i) => {
        const start = async () => {
          await setImmediate();
          if (i % 3 === 0) await daemon.health();
          t.equal((await requestStart(daemon, grant)).status, 200);
        };
        await Promise.all(i % 2 === 0 ? [start(), revoke(grant)] : [revoke(grant), start()]);
      }),
    );
  }
  t.equal(await liveWorkers(daemon), 0);
  await waitUntil("no process should be left", () => childrenOf(daemon.process.pid).length === 0);

  const alive = await daemon.grant({ accountId: "alive" });
  t.same((await requestStart(daemon, alive)).json, { status: "starting" }, "no slot is lost");
});

t.test("drops the start when no slot is free, and makes no worker end for it", async (t) => {
  const daemon = await startSessionDaemon(t, { FJMCP_MAX_WORKERS: "1" });
  const session = await McpSession.open(daemon, await daemon.grant());
  const other = await daemon.grant({ accountId: "2" });
  t.same((await requestStart(daemon, other)).json, { status: "full" });
  t.equal((await session.post(callTool(1, "echo"))).status, 200);
  t.equal(await liveWorkers(daemon), 1);
});

t.test("ends a worker that no call has used when its idle time is over", async (t) => {
  const daemon = await startSessionDaemon(t, { FJMCP_IDLE_SECONDS: "4" });
  await requestStart(daemon, await daemon.grant());
  await waitUntil("the worker should be ready", async () => (await liveWorkers(daemon)) === 1);
  await waitUntil("the worker should end", async () => (await liveWorkers(daemon)) === 0);
});
