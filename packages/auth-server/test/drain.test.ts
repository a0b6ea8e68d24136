import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import type { FaultMode } from "@fjmcp/testkit/forgejo/faults";
import { callIpc, IpcUnavailableError } from "@fjmcp/shared/ipc/ipc-client";
import { upstreamTokenPath, upstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { setUpAuthServer } from "./support/auth-server-setup.ts";
import { authorizationRequest, connect, refresh } from "./support/client.ts";

const tokenPath = "/login/oauth/access_token";

/** An auth-server with a refresh and an IPC request in flight, both of which wait for Forgejo's new tokens. */
async function requestsInFlight(t: Test, mode: FaultMode) {
  const setup = await setUpAuthServer(t);
  const { origin, process } = await setup.spawn({ FJMCP_FORGEJO_TIMEOUT_SECONDS: "60" });
  setup.forgejo.controls.setAccessTokenSeconds(4);
  const client = await connect(origin, setup.user());
  await sleep(2500); // past half of the life of Forgejo's token
  const reached = Promise.withResolvers<void>();
  const path = (requested: string) => {
    if (requested === tokenPath) reached.resolve();
    return requested === tokenPath;
  };
  setup.forgejo.controls.setFault({ path, mode });
  t.teardown(() => setup.forgejo.controls.clearFaults());
  const refreshed = refresh(origin, client, client.refreshToken);
  const token = callIpc({
    socketPath: join(setup.directory, `ipc-${new URL(origin).port}.sock`),
    path: upstreamTokenPath,
    body: { accessToken: client.accessToken },
    schema: upstreamTokenResponse,
    timeoutMs: 60_000,
  });
  const settled = Promise.allSettled([refreshed, token]);
  await reached.promise;
  return { setup, origin, client, process, settled };
}

t.test("finishes requests in flight at SIGTERM, then exits with 0", async (t) => {
  const { setup, origin, process, settled } = await requestsInFlight(t, "hang");
  const exit = process.end(60_000);
  const log = () => readFileSync(process.logFile, "utf8");
  await waitUntil("it should drain", () => log().includes('"draining"'));
  setup.forgejo.controls.clearFaults();
  t.match(await settled, [
    { status: "fulfilled", value: { status: 200 } },
    // Forgejo's token may have expired meanwhile.
    { status: "fulfilled", value: { status: /^(ok|unavailable)$/ } },
  ]);
  await sleep(200);
  await t.rejects(fetch(`${origin}/`), "a connection that was kept takes no more");
  t.same(await exit, { code: 0, signal: null });
  t.notMatch(log(), /unhandled rejection/);
});

t.test("cuts requests that exceed the drain time, but stores Forgejo's new tokens first", async (t) => {
  const { setup, client, process, settled } = await requestsInFlight(t, "late-response");
  const exit = process.end(60_000);
  t.match(await settled, [{ status: "rejected" }, { status: "rejected", reason: IpcUnavailableError }]);
  setup.forgejo.controls.clearFaults();
  t.same(await exit, { code: 0, signal: null });
  t.notMatch(readFileSync(process.logFile, "utf8"), /unhandled rejection/);
  const { origin } = await setup.spawn();
  t.equal((await refresh(origin, client, client.refreshToken)).status, 200);
  t.match(setup.forgejo.controls.counts, { refreshes: 2, rejectedRefreshes: 0 });
});

t.test("stores Forgejo's new tokens of a login that SIGTERM cuts", async (t) => {
  const setup = await setUpAuthServer(t);
  const { origin, process } = await setup.spawn({ FJMCP_FORGEJO_TIMEOUT_SECONDS: "60" });
  setup.forgejo.controls.setAccessTokenSeconds(4);
  const client = await connect(origin, setup.user());
  const user = setup.user();
  const back = await user.signInAndAllow(authorizationRequest(origin, client).url, {
    stopAt: ({ pathname }) => pathname === "/oauth/callback",
  });
  setup.forgejo.controls.setFault({ path: new RegExp(tokenPath), mode: "late-response" });
  t.teardown(() => setup.forgejo.controls.clearFaults());
  const cut = t.rejects(user.visit(back, { stopAt: client.redirectUri }));
  await waitUntil("Forgejo should give tokens", () => setup.forgejo.controls.counts.codeExchanges === 2);
  const exit = process.end(60_000);
  await cut;
  setup.forgejo.controls.clearFaults();
  t.same(await exit, { code: 0, signal: null });
  const next = await setup.spawn();
  t.equal((await refresh(next.origin, client, client.refreshToken)).status, 200);
  t.equal(setup.forgejo.controls.counts.rejectedRefreshes, 0);
});
