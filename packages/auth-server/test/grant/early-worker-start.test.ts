import { createServer, type Server } from "node:http";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import {
  controlPaths,
  retireWorkersRequest,
  startWorkerRequest,
  type RetireWorkersRequest,
  type RetireWorkersResponse,
  type StartWorkerRequest,
  type StartWorkerResponse,
} from "@fjmcp/shared/ipc/control";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { authorize, redeem, refresh, register, tokensOf } from "../support/client.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();

/** Lets `control` stand for the session-daemon until the end of the test. */
async function listen(t: Test, control: Server): Promise<void> {
  await listenUnix(control, join(setup.directory, "control.sock"));
  t.teardown(() => {
    control.close();
    control.closeAllConnections();
  });
}

t.test("asks once for a worker when a code is redeemed, and does not wait for the response", async (t) => {
  const starts: StartWorkerRequest[] = [];
  const control = createServer(async (request) => {
    if (request.url !== "/workers/start") return;
    starts.push(startWorkerRequest.parse(JSON.parse(await text(request))));
    // It never responds.
  });
  await listen(t, control);

  const client = await register(origin);
  const redeemed = await redeem(origin, await authorize(origin, client, setup.user()));
  t.equal(redeemed.status, 200);
  await waitUntil("the session-daemon should be asked", () => starts.length === 1);
  const [start] = starts;
  const { accountId } = JSON.parse((await setup.admin.get(`grant:${start!.grantId}`))!) as {
    accountId: string;
  };
  t.equal(start!.accountId, accountId);
  t.equal(start!.clientId, client.clientId);
  const { token, expiresAtSec } = start!.upstreamToken;
  t.ok(expiresAtSec > Date.now() / 1000);
  const headers = { authorization: `token ${token}` };
  t.equal((await fetch(`${setup.forgejo.url}/api/v1/user`, { headers })).status, 200);

  const { refreshToken } = tokensOf(redeemed);
  t.equal((await refresh(origin, client, refreshToken)).status, 200);
  const other = await redeem(origin, await authorize(origin, client, setup.user()));
  t.equal(other.status, 200);
  await waitUntil("the second grant should be asked for", () => starts.length === 2);
  t.not(starts[1]!.grantId, start!.grantId, "the refresh asked for none");
});

t.test("retires an early worker whose Forgejo token a login has replaced meanwhile", async (t) => {
  const starts: StartWorkerRequest[] = [];
  const retired: RetireWorkersRequest[] = [];
  const started = Promise.withResolvers<void>();
  const control = createServer(async (request, response) => {
    const body = await text(request);
    if (request.url === controlPaths.retireWorkers) {
      retired.push(retireWorkersRequest.parse(JSON.parse(body)));
      response.end(JSON.stringify({ workers: 0 } satisfies RetireWorkersResponse));
    } else if (request.url === controlPaths.startWorker) {
      // The first worker starts only after the login has retired those that were there.
      if (starts.push(startWorkerRequest.parse(JSON.parse(body))) === 1) await started.promise;
      response.end(JSON.stringify({ status: "starting" } satisfies StartWorkerResponse));
    }
  });
  await listen(t, control);

  const client = await register(origin);
  await redeem(origin, await authorize(origin, client, setup.user()));
  await waitUntil("the session-daemon should be asked", () => starts.length === 1);
  const { grantId } = starts[0]!;
  setup.forgejo.controls.revokeGrant(setup.forgejo.users[0]!.name, setup.forgejoApp.clientId);
  await authorize(origin, client, setup.user());
  await waitUntil("the login should retire workers", () =>
    retired.some(({ grantIds }) => grantIds.includes(grantId)),
  );
  const before = retired.length;
  started.resolve();
  await waitUntil("the worker that came later should be retired, too", () => retired.length > before);
  t.same(
    retired.slice(before).map(({ grantIds }) => grantIds),
    [[grantId]],
  );
});

t.test("starts two workers at once, and the others after them", async (t) => {
  const asked: string[] = [];
  const secondAsked = Promise.withResolvers<void>();
  let running = 0;
  let mostRunning = 0;
  const control = createServer(async (request, response) => {
    if (request.url !== controlPaths.startWorker) return;
    mostRunning = Math.max(mostRunning, ++running);
    if (asked.push(startWorkerRequest.parse(JSON.parse(await text(request))).grantId) === 2)
      secondAsked.resolve();
    await secondAsked.promise;
    await sleep(20);
    running -= 1;
    response.end(JSON.stringify({ status: "starting" } satisfies StartWorkerResponse));
  });
  await listen(t, control);
  const client = await register(origin);
  const codes = [];
  for (let index = 0; index < 5; index += 1) codes.push(await authorize(origin, client, setup.user()));
  const redeemed = await Promise.all(codes.map((code) => redeem(origin, code)));
  for (const { status } of redeemed) t.equal(status, 200);
  await waitUntil("all should be asked for", () => asked.length === 5);
  t.equal(new Set(asked).size, 5);
  t.equal(mostRunning, 2);
});

t.test("asks for no worker for a second when there is no room for one", async (t) => {
  const asked: string[] = [];
  const allRedeemed = Promise.withResolvers<void>();
  const control = createServer(async (request, response) => {
    if (request.url !== controlPaths.startWorker) return;
    asked.push(startWorkerRequest.parse(JSON.parse(await text(request))).grantId);
    await allRedeemed.promise;
    response.end(JSON.stringify({ status: "full" } satisfies StartWorkerResponse));
  });
  await listen(t, control);
  const client = await register(origin);
  const connect = async () => redeem(origin, await authorize(origin, client, setup.user()));
  for (let index = 0; index < 3; index += 1) t.equal((await connect()).status, 200);
  await waitUntil("two should be asked for", () => asked.length === 2);
  const connected = new Set(await setup.admin.keys("grant:*"));
  const fullAtMs = performance.now();
  allRedeemed.resolve();

  await waitUntil("another one should be asked for", async () => {
    await connect();
    return asked.length > 2;
  });
  t.ok(performance.now() - fullAtMs >= 1000);
  t.same(
    asked.slice(2).filter((grantId) => connected.has(`grant:${grantId}`)),
    [],
    "those in line were left out",
  );
});

t.test("leaves out the start of a worker that had to wait for long", async (t) => {
  const control = createServer(() => {
    // It never responds.
  });
  await listen(t, control);
  const logging = await setup.spawn();
  const client = await register(origin);
  for (let index = 0; index < 3; index += 1) {
    const code = await authorize(origin, client, setup.user());
    t.equal((await redeem(logging.origin, code)).status, 200);
  }
  const failed = () =>
    readFileSync(logging.process.logFile, "utf8")
      .split("\n")
      .filter((line) => line.includes("session_daemon.start_failed"));
  await waitUntil("the others have failed", () => failed().length === 3);
  const failedBy = (detail: string) => failed().filter((line) => line.includes(detail)).length;
  t.equal(failedBy("waited too long behind other starts"), 1);
  t.equal(failedBy(`No valid response to ${controlPaths.startWorker} over IPC (no response within 5 s)`), 2);
});

t.test("issues tokens without a session-daemon", async (t) => {
  const code = await authorize(origin, await register(origin), setup.user());
  t.equal((await redeem(origin, code)).status, 200);
});
