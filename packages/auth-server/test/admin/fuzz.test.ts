import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import t from "tap";
import { request } from "@fjmcp/testkit/mcp-client/http-client";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { sha256Hex } from "@fjmcp/shared/hash";
import { connect } from "../support/client.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

/** The same choices in every run. */
const limits = { seed: 20_261_127, numRuns: 500 };

const setup = await setUpAuthServer(t);
const adminSocket = join(setup.directory, "admin.sock");
const { origin, process: server } = await setup.spawn({ FJMCP_ADMIN_SOCKET: adminSocket });
const ipcSocket = join(setup.directory, `ipc-${new URL(origin).port}.sock`);
const { accessToken } = await connect(origin, setup.user());
const [grantId = ""] = (await setup.admin.keys("grant:*")).map((key) => key.slice("grant:".length));

/** The endpoints of a socket, as the reference lists them. */
function endpointsOf(heading: string): [method: string, path: string][] {
  const document = readFileSync(join(projectRoot, "docs/reference/endpoints.md"), "utf8");
  const section = document.split(`\n## ${heading}`)[1]!.split("\n## ")[0]!;
  return [...section.matchAll(/^\| `([^`]+)` *\| (GET|POST) /gm)].map(([, path, method]) => [method!, path!]);
}

const text = fc.oneof(
  fc.string({ unit: "binary", maxLength: 30 }),
  fc.constantFrom("", "%", "\u0000", "__proto__", "1", "alice", "fjmcp-personal-token", "/../", "null", "-1"),
);
const value = fc.oneof(
  text,
  fc.jsonValue(),
  fc.constantFrom(grantId, [grantId], sha256Hex(accessToken), 0, -1, 1e308, null, [], true),
);
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

const merged = (parts: object[]): object => Object.assign({}, ...parts) as object;

/** What an endpoint accepts, as it is or with members replaced, left out or added; or something else. */
function requestTo([method, path]: [string, string]) {
  const whole = accepted[path] ?? {};
  const own = Object.keys(whole);
  const added = fc.dictionary(fc.constantFrom(...own, "accountId", "limit", "after"), value, { maxKeys: 2 });
  const kept = fc.subarray(Object.entries(whole)).map((entries) => Object.fromEntries(entries));
  const sent = fc.oneof(
    { weight: 2, arbitrary: fc.constant(whole) },
    { weight: 3, arbitrary: fc.tuple(kept, added).map(merged) },
    // One member alone is different.
    ...(own.length > 0
      ? [
          {
            weight: 3,
            arbitrary: fc
              .tuple(fc.constantFrom(...own), value)
              .map(([name, other]) => merged([whole, { [name]: other }])),
          },
        ]
      : []),
  );
  const body = fc.oneof(
    { weight: 6, arbitrary: sent.map((object) => JSON.stringify(object)) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: text },
  );
  const query = sent.map((object) =>
    new URLSearchParams(
      Object.entries(object).map(([name, item]): [string, string] => [name, String(item).toWellFormed()]),
    ).toString(),
  );
  return fc.record({ method: fc.constant(method), path: fc.constant(path), query, body });
}

for (const [heading, socketPath] of [
  ["Admin socket", adminSocket],
  ["IPC socket", ipcSocket],
] as const) {
  t.test(`the ${heading} responds to any request by its contract`, { timeout: 120_000 }, async (t) => {
    const endpoints = endpointsOf(heading);
    t.ok(endpoints.length >= 5, "the endpoints were found");
    const reached = new Set<string>();
    let rejected = 0;
    await fc.assert(
      fc.asyncProperty(fc.oneof(...endpoints.map(requestTo)), async ({ method, path, query, body }) => {
        const headers = { "content-type": "application/json" };
        const how = method === "POST" ? { path, headers, body } : { path: `${path}?${query}` };
        const { status } = await request({ socketPath }, { method, ...how });
        if (status === 200) reached.add(path);
        else rejected += 1;
        return status === 200 || status === 400;
      }),
      limits,
    );
    t.same([...reached].toSorted(), endpoints.map(([, path]) => path).toSorted(), "each one was reached");
    t.ok(rejected > 100, "and most rejected something");
  });
}

t.test("no fault was logged, and no token", async (t) => {
  await server.end();
  const log = readFileSync(server.logFile, "utf8");
  t.notMatch(log, /"level":"(error|fatal)"|unhandled/i);
  t.notMatch(log, accessToken);
});
