import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { endpointsOf, fuzzEndpoints } from "@fjmcp/testkit/fuzz/fuzz-endpoints";
import { sha256Hex } from "@fjmcp/shared/hash";
import { connect } from "../support/client.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const adminSocket = join(setup.directory, "admin.sock");
const { origin, process: server } = await setup.spawn({ FJMCP_ADMIN_SOCKET: adminSocket });
const ipcSocket = join(setup.directory, `ipc-${new URL(origin).port}.sock`);
const { accessToken } = await connect(origin, setup.user());
const [grantId = ""] = (await setup.admin.keys("grant:*")).map((key) => key.slice("grant:".length));

const known = [grantId, [grantId], sha256Hex(accessToken)];
/** A request that each endpoint accepts; those without one need nothing. */
const accepted: Readonly<Record<string, object>> = {
  "/child/check": { forgejoUrl: "http://127.0.0.1:1" },
  "/clients/end": { clientRef: "0123456789ab", allUsers: true },
  "/grant-uses": { uses: [{ grantId, accountId: "1", usedAtMs: 1, tools: ["a_tool"] }] },
  "/grants/narrow": { grantId, scopes: ["forgejo:read"], toolsets: ["issues"] },
  "/sessions/end": { sessionRef: "0123456789ab" },
  "/stream-probes/state": { probe: "x" },
  "/tokens/claim": { deviceCode: "unknown" },
  "/tokens/end": { grantId },
  "/tokens/request": { name: "ci", expiresInSec: 86_400, readOnly: true, toolsets: ["issues"] },
  "/upstream-token": { accessToken: `${accessToken}x` },
  "/user-check": { grantId },
  "/users/end": { accountId: "999" },
  "/users/explain": { user: "alice" },
  "/workers/end": { pid: 4_000_000 },
};

for (const [heading, socketPath] of [
  ["Admin socket", adminSocket],
  ["IPC socket", ipcSocket],
] as const) {
  t.test(`the ${heading} responds to any request by its contract`, { timeout: 120_000 }, async (t) => {
    const endpoints = endpointsOf(heading);
    t.ok(endpoints.length >= 5, "the endpoints were found");
    const { reached, rejected } = await fuzzEndpoints(socketPath, {
      endpoints,
      accepted,
      known,
      seed: 20_261_127,
    });
    t.same(reached, endpoints.map(([, path]) => path).toSorted(), "each one was reached");
    t.ok(rejected > 100, "and most rejected something");
  });
}

t.test("no fault was logged, and no token", async (t) => {
  await server.end();
  const log = readFileSync(server.logFile, "utf8");
  t.notMatch(log, /"level":"(error|fatal)"|unhandled/i);
  t.notMatch(log, accessToken);
});
