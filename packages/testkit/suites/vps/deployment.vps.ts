import { setTimeout as sleep } from "node:timers/promises";
import t, { type Test } from "tap";
import { aptGet, aptInstall, missingForContainers, startMachine, type Machine } from "./machine.ts";
import { startForgejo } from "./private-network.ts";
import { caFile, mcpUrl, setUp, type Login } from "./set-up.ts";
import { startLoad, type Load, type LoadResult } from "./load.ts";

const callsPerSecond = 25;

t.test("an installation behind Caddy", { skip: missingForContainers() }, async (t) => {
  const opened = new AsyncDisposableStack();
  t.teardown(() => opened.disposeAsync());
  const machine = await startMachine(opened, ["1.0.0", "1.0.1"]);
  const { container, root, deb } = machine;
  const { app, users } = await startForgejo(opened, { network: machine.network, dir: machine.scratch });
  const alice = users[0]!;
  await container.run([...aptGet, "update"], { network: "outside" });

  const startedAt = performance.now();
  await aptInstall(container, deb("1.0.0"), "caddy");
  await setUp(container, root, app);
  const first = await startLoad(container, alice, callsPerSecond);
  t.comment(
    `from apt install to the first tool call: ${((performance.now() - startedAt) / 1000).toFixed(1)} s`,
  );
  await first.stop();

  await t.test("a restart of the session-daemon rejects no call and keeps the session", async (t) => {
    const result = await underLoad(t, machine, alice, ["systemctl", "restart", "fjmcp-session"]);
    t.equal(result.refused, 0);
  });

  await t.test("a restart of the auth-server disturbs no call", async (t) => {
    const result = await underLoad(t, machine, alice, ["systemctl", "restart", "fjmcp-auth"]);
    t.same([result.refused, result.failed], [0, 0]);
  });

  await t.test("the session goes on after SIGKILL of each process, and no worker is left over", async (t) => {
    const workers = await container.processes("gitea-mcp");
    t.not(workers.length, 0);
    for (const name of ["session", "auth", "redis"]) {
      await underLoad(t, machine, alice, ["systemctl", "kill", "--signal=KILL", `fjmcp-${name}.service`]);
    }
    const after = await container.processes("gitea-mcp");
    t.same(
      after.filter((pid) => workers.includes(pid)),
      [],
    );
  });

  await t.test("Redis may be away for five seconds", async (t) => {
    const outage = "systemctl stop fjmcp-redis; sleep 5; systemctl start fjmcp-redis";
    await underLoad(t, machine, alice, ["sh", "-c", outage]);
  });

  await t.test("an upgrade under load rejects no call and keeps the session", async (t) => {
    const result = await underLoad(t, machine, alice, [...aptGet, "install", deb("1.0.1")]);
    t.equal(result.refused, 0);
    t.match(await container.run(["dpkg-query", "--show", "fjmcp"]), /1\.0\.1/);
  });

  await t.test("session and grant outlive a reboot", async (t) => {
    const load = await startLoad(container, alice, callsPerSecond);
    await load.stop();
    await container.reboot();
    t.equal(await callAgain(machine, load), 200);
  });
});

/** Runs the command while a client calls, whose calls must go on in one session. */
async function underLoad(
  t: Test,
  { container }: Machine,
  login: Login,
  command: readonly string[],
): Promise<LoadResult> {
  const load = await startLoad(container, login, callsPerSecond);
  await sleep(1000);
  await container.run(command);
  await sleep(4000);
  const result = await load.stop();
  t.comment(`${command.join(" ")}: ${JSON.stringify(result)}`);
  t.equal(result.initializes, 1, "one session for all calls");
  t.ok(result.completed > callsPerSecond, "calls complete");
  return result;
}

/** One request with the token and the session of a client that has gone. */
async function callAgain({ container }: Machine, { accessToken, sessionId }: Load): Promise<number> {
  const headers = {
    authorization: `Bearer ${accessToken}`,
    "mcp-session-id": sessionId,
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
  };
  const body = { jsonrpc: "2.0", id: 1, method: "tools/list", params: {} };
  const request = JSON.stringify({ method: "POST", headers, body: JSON.stringify(body) });
  const script = `const response = await fetch(${JSON.stringify(mcpUrl)}, ${request}); console.log(response.status)`;
  const node = ["/usr/bin/env", `NODE_EXTRA_CA_CERTS=${caFile}`, "/usr/lib/fjmcp/node"];
  return Number(await container.run([...node, "--input-type=module", "--eval", script]));
}
