import { fork, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import t from "tap";
import type { UpstreamToken } from "../../../src/upstream/tokens/upstream-tokens.ts";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { logIn, setUpstream, type UpstreamSetup } from "../../support/upstream-setup.ts";

const program = fileURLToPath(new URL("../../fixtures/upstream-process.ts", import.meta.url));

async function startProcess(t: { teardown(end: () => unknown): void }, setup: UpstreamSetup) {
  const { forgejo, vaultKey, issuer } = setup.options;
  const child = fork(program, { execArgv: [] });
  t.teardown(() => child.kill("SIGKILL"));
  child.send({
    redis: { path: setup.redis.socketPath, ...setup.redis.authServer },
    issuer,
    vaultKey: vaultKey.reveal(),
    forgejo: { ...forgejo, clientSecret: forgejo.clientSecret.reveal() },
    aheadMs: setup.clock.aheadMs,
  });
  await once(child, "message");
  return child;
}

async function fresh(child: ChildProcess, account: string, times: number): Promise<UpstreamToken[]> {
  child.send({ account, times });
  const [response] = (await once(child, "message")) as [UpstreamToken[]];
  return response;
}

t.test("refreshes once for 20 concurrent requests over two processes", async (t) => {
  const setup = await setUpstream(t);
  await logIn(setup);
  setup.clock.aheadMs = 4000 * 1000;
  const [one, two] = await Promise.all([startProcess(t, setup), startProcess(t, setup)]);
  const account = setup.account("alice");
  const responses = await Promise.all([fresh(one, account, 10), fresh(two, account, 10)]);
  t.equal(responses.flat().length, 20);
  t.equal(new Set(responses.flat().map((token) => token.expiresAtSec)).size, 1);
  t.match(setup.forgejo.controls.counts, { refreshes: 1, rejectedRefreshes: 0 });
});

t.test(
  "blocks other processes no longer than its lock when a process is killed while it refreshes",
  async (t) => {
    const setup = await setUpstream(t);
    await logIn(setup);
    setup.clock.aheadMs = 4000 * 1000;
    const [one, two] = await Promise.all([startProcess(t, setup), startProcess(t, setup)]);
    setup.forgejo.controls.setFault({ path: /access_token/, mode: "hang", times: 1 });
    setup.forgejo.requests.length = 0;
    one.send({ account: setup.account("alice"), times: 1 });
    await waitUntil("the first process should be refreshing", () => setup.forgejo.requests.length > 0);
    one.kill("SIGKILL");
    const [token] = await fresh(two, setup.account("alice"), 1);
    t.ok(token?.accessToken);
  },
);

t.test("completes concurrent logins of one account over two processes without losing a code", async (t) => {
  const setup = await setUpstream(t);
  const codes: [code: string, verifier: string][] = [];
  for (let login = 0; login < 4; login += 1) codes.push(await setup.codeFor(setup.user("alice")));
  const processes = await Promise.all([startProcess(t, setup), startProcess(t, setup)]);
  setup.forgejo.controls.setCounterRaceWindowMs(100);
  const replies = await Promise.all(
    processes.map(async (child, index) => {
      child.send({ codes: codes.slice(index * 2, index * 2 + 2) });
      const [reply] = (await once(child, "message")) as [unknown[]];
      return reply;
    }),
  );
  const account = {
    accountId: setup.account("alice"),
    forgejoClientId: setup.options.forgejo.clientId,
    login: "alice",
    isAdministrator: true,
    missing: [],
  };
  t.same(replies.flat(), [account, account, account, account]);
});
