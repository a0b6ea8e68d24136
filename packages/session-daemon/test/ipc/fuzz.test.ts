import t from "tap";
import { endpointsOf, fuzzEndpoints } from "@fjmcp/testkit/fuzz/fuzz-endpoints";
import { McpSession } from "../support/mcp-session.ts";
import { startSessionDaemon } from "../support/running-daemon.ts";

const daemon = await startSessionDaemon(t, { FJMCP_MAX_WORKERS: "3" });
const grant = await daemon.grant();
const session = await McpSession.open(daemon, grant);
const { grantId, accountId, clientId, token } = grant;
const upstreamToken = { token: "upstream-canary", issuedAtSec: 1, expiresAtSec: 4e9, clientName: "a client" };

const known = [accountId, grantId, [grantId], clientId, upstreamToken, "session", "account"];
/** A request that each endpoint accepts; those without one need nothing. */
const accepted: Readonly<Record<string, object>> = {
  "/child/check": { forgejoUrl: "http://127.0.0.1:1" },
  "/grants/policy-changed": { grantId },
  "/sessions/end": { by: "grant", grantId: "another", accountId: "999", sessionRef: "0123456789ab" },
  "/stream-probes/state": { probe: "x" },
  "/workers/end": { pid: 4_000_000 },
  "/workers/retire": { accountId: "999", grantIds: [grantId] },
  "/workers/start": { accountId: "998", clientId, grantId: "another", upstreamToken },
};

t.test("the control socket responds to any request by its contract", { timeout: 120_000 }, async (t) => {
  const endpoints = endpointsOf("Control socket");
  const { reached, rejected } = await fuzzEndpoints(daemon.controlSocket, {
    endpoints,
    accepted,
    known,
    seed: 20_261_128,
  });
  t.same(reached, endpoints.map(([, path]) => path).toSorted(), "each one was reached");
  t.ok(rejected > 100, "and most rejected something");
});

t.test("the daemon goes on, and logged no fault and no token", async (t) => {
  const another = await McpSession.open(daemon, await daemon.grant());
  t.equal((await another.post({ jsonrpc: "2.0", id: 1, method: "ping" })).status, 200);
  t.ok([200, 404].includes((await session.post({ jsonrpc: "2.0", id: 1, method: "ping" })).status));
  const log = await daemon.completeLog();
  t.notMatch(log, /"level":"(error|fatal)"|unhandled/i);
  for (const secret of [token, upstreamToken.token]) t.notMatch(log, secret);
});
