import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { endGrant } from "../support/grants.ts";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t, { FJMCP_SWEEP_SECONDS: "0.1" });
const liveWorkers = async () => (await daemon.health()).workers.live;

t.test("sweeps a grant that ended without a notification, and leaves others alone", async (t) => {
  const ending = await daemon.grant({ accountId: "1" });
  const staying = await daemon.grant({ accountId: "2" });
  const [swept, kept] = await Promise.all(
    [ending, staying].map(async (grant) => (await McpSession.open(daemon, grant)).listen()),
  );
  t.teardown(() => kept!.abandon());
  t.equal(await liveWorkers(), 2);
  await endGrant(daemon.redis, ending);
  await swept!.untilClosed();
  await waitUntil("its worker should end", async () => (await liveWorkers()) === 1);
  t.notOk(kept!.closed);
});

t.test("ends nothing while Redis is down", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant({ accountId: "3" }));
  const stream = await session.listen();
  t.teardown(() => stream.abandon());
  const before = await liveWorkers();
  await daemon.redisServer.kill("SIGKILL");
  await sleep(3000);
  t.notOk(stream.closed);
  t.equal(await liveWorkers(), before);
  await daemon.redisServer.start();
});
