import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { callIpc, IpcUnavailableError } from "@fjmcp/shared/ipc/ipc-client";
import { upstreamTokenPath, upstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { startRig } from "./rig/auth-server-rig.ts";
import { connect, refresh } from "./rig/client.ts";

/** An auth-server with a refresh and an IPC request in flight, both of which wait for a Forgejo that hangs. */
async function requestsInFlight(t: Test) {
  const rig = await startRig(t);
  const { origin, process } = await rig.spawn({ FJMCP_FORGEJO_TIMEOUT_SECONDS: "60" });
  rig.forgejo.knobs.setAccessTokenSeconds(4);
  const client = await connect(origin, rig.person());
  await sleep(2500); // past half of the life of Forgejo's token
  const reached = Promise.withResolvers<void>();
  const path = () => {
    reached.resolve();
    return true;
  };
  rig.forgejo.knobs.setFault({ path, mode: "hang" });
  t.teardown(() => rig.forgejo.knobs.clearFaults());
  const refreshed = refresh(origin, client, client.refreshToken);
  const token = callIpc({
    socketPath: join(rig.directory, `ipc-${new URL(origin).port}.sock`),
    path: upstreamTokenPath,
    body: { accessToken: client.accessToken },
    schema: upstreamTokenResponse,
    timeoutMs: 15_000,
  });
  const settled = Promise.allSettled([refreshed, token]);
  await reached.promise;
  return { rig, process, settled };
}

t.test("at SIGTERM requests in flight are answered, then it ends with 0", async (t) => {
  const { rig, process, settled } = await requestsInFlight(t);
  const exit = process.end();
  const log = () => readFileSync(process.logFile, "utf8");
  await waitUntil("it should drain", () => log().includes('"draining"'));
  rig.forgejo.knobs.clearFaults();
  t.match(await settled, [
    { status: "fulfilled", value: { status: 200 } },
    // Forgejo's token may have expired meanwhile.
    { status: "fulfilled", value: { status: /^(ok|unavailable)$/ } },
  ]);
  t.same(await exit, { code: 0, signal: null });
  t.notMatch(log(), /unhandled rejection/);
});

t.test("at SIGTERM requests that do not end are cut, and it ends with 0 all the same", async (t) => {
  const { process, settled } = await requestsInFlight(t);
  t.same(await process.end(), { code: 0, signal: null });
  t.match(await settled, [{ status: "rejected" }, { status: "rejected", reason: IpcUnavailableError }]);
  t.notMatch(readFileSync(process.logFile, "utf8"), /unhandled rejection/);
});
