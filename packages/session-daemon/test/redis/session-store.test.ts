import t from "tap";
import { redisKeys } from "@fjmcp/shared/redis-keys";
import { sha256Hex } from "@fjmcp/shared/hash";
import { McpSession } from "../fixtures/mcp-session.ts";
import { startDaemon } from "../fixtures/running-daemon.ts";

const daemon = await startDaemon(t);

t.test("a damaged session record is no session, and is quoted nowhere", async (t) => {
  const session = await McpSession.open(daemon, await daemon.grant({ accountId: "9" }));
  await daemon.redis.set(redisKeys.session(sha256Hex(session.id!)), '{"canary');
  t.equal((await session.post({ jsonrpc: "2.0", id: 1, method: "ping" })).status, 404);
  t.strictSame((await daemon.control("GET", "/sessions?accountId=9")).json, { sessions: [] });
  t.notMatch(await daemon.log(), /canary/);
});
