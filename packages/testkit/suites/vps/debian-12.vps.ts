import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { waitUntil } from "../../src/process/wait-until.ts";
import { prepareDeployment, privateOptions } from "./deployment.ts";
import { assertExposure } from "./exposure.ts";
import { reportFigure, seconds } from "./figure.ts";
import { holdExchanges } from "./held-exchange.ts";
import { journalOf, secretsOf } from "./journal.ts";
import { callAgain, refresh } from "./kept-access.ts";
import { startLoad } from "./load.ts";
import { missingForContainers } from "./machine.ts";
import { assertRemoval, assertUpgrade } from "./package-changes.ts";
import { activeUnits } from "./package-state.ts";
import { livesOfDaemons, redisStates, stopped } from "./service-state.ts";
import { underLoad } from "./under-load.ts";

const exposureLimits = { "fjmcp-auth": 1.1, "fjmcp-session": 2, "fjmcp-redis": 1 };
const daemons = ["session", "auth", "redis"] as const;
const restarts = 10;
/** Claude waits that long for a response. */
const claudeTimeoutMs = 10_000;

t.test(
  "runs on Debian 12 as docs/setup/deploy.md deploys it",
  { skip: missingForContainers() },
  async (t) => {
    const opened = new AsyncDisposableStack();
    t.teardown(() => opened.disposeAsync());
    const deployment = await prepareDeployment(opened, "bookworm", ["1.0.0", "1.0.1"]);
    const { container, root, deb, forgejo } = deployment;
    const [alice, bob] = forgejo.users as [(typeof forgejo.users)[0], (typeof forgejo.users)[0]];
    const startedMs = performance.now();

    await t.test("the package installs without a question, and starts and enables nothing", async (t) => {
      t.match(await deployment.installPackage(), /Next: fjmcp setup/);
      t.same(await activeUnits(container), []);
      const listed = ["systemctl", "list-unit-files", "--no-legend", "fjmcp*", "redis*"];
      t.notMatch(await container.run(listed), / enabled /);
      t.same(await container.processes("redis-server"), [], "no Redis of Debian's runs");
      t.match(await container.run(["/usr/lib/fjmcp/redis-server", "--version"]), /^Redis server v=7/);
    });

    await t.test("setup ends with a doctor that finds all well", async (t) => {
      await deployment.configureProxy();
      const output = await deployment.setUp();
      t.match(output, /^started fjmcp\.target$/m);
      t.notMatch(output, /^FAULT/m);
      t.match(output, /^All is well\./m);
      t.match(output, /^ok +redis +\S.* syncs each write/m);
      t.notMatch(output, /^WARNING .*FJMCP_REDIS/m);
      t.notOk(existsSync(join(root, "root/token")), "the token is gone");
    });

    await t.test("a client signs in through the proxy and calls a tool", async (t) => {
      const load = await startLoad(container, alice);
      reportFigure(t, "from apt-get update to the first tool call", seconds(performance.now() - startedMs));
      t.match(load.text, `"login":"${alice.name}"`);
      await load.stop();
    });

    await t.test("another run of setup changes nothing and restarts nothing", async (t) => {
      const output = await container.run(["fjmcp", "setup", "--yes", ...privateOptions]);
      t.match(output, /Nothing differs: no file was changed\./);
      t.notMatch(output, /^(started|restarted)/m);
    });

    await t.test("the units are as closed as they can be", async (t) => {
      await assertExposure(t, container, "Debian 12", exposureLimits);
    });

    await t.test("members of fjmcp-admin restart a daemon without root, others do not", async (t) => {
      await container.script("apt-get install --yes polkitd", { network: "outside" });
      await container.script("useradd --groups fjmcp-admin ada; useradd eve");
      const restartAs = (user: string) =>
        container.attempt(["runuser", "-u", user, "--", "fjmcp", "restart", "session"]);
      t.match(await restartAs("ada"), { exitCode: 0 });
      t.match(await restartAs("eve"), { exitCode: 77, stderr: /join the group fjmcp-admin/ });
    });

    await t.test("restarts of the session-daemon reject no call and keep the session", async (t) => {
      const restart = `for i in $(seq ${restarts}); do systemctl restart fjmcp-session; sleep 2; done`;
      const result = await underLoad(t, container, alice, `${restarts} restarts of fjmcp-session`, restart);
      t.ok(result.calls >= 1000, "at least 1,000 calls");
      t.equal(result.unserved, 0);
    });

    await t.test("a restart of the auth-server disturbs no call", async (t) => {
      const restart = "systemctl restart fjmcp-auth";
      const result = await underLoad(t, container, alice, "restart of fjmcp-auth", restart);
      t.same([result.unserved, result.failed], [0, 0]);
    });

    await t.test("a login goes on across restarts of the auth-server", async (t) => {
      let restarted = 0;
      const duringLogin = async () => {
        await container.run(["systemctl", "restart", "fjmcp-auth"]);
        restarted++;
      };
      const load = await startLoad(container, bob, { duringLogin });
      t.equal(restarted, 2, "before the callback, and before the code is redeemed");
      t.match(load.text, `"login":"${bob.name}"`);
      await load.stop();
    });

    await t.test(
      "the session goes on after SIGKILL of each process, and no worker is orphaned",
      async (t) => {
        const workers = await container.processes("forgejo-mcp");
        t.not(workers.length, 0);
        for (const name of daemons) {
          const kill = `systemctl kill --signal=KILL fjmcp-${name}.service`;
          await underLoad(t, container, alice, `SIGKILL of fjmcp-${name}`, kill);
        }
        const after = await container.processes("forgejo-mcp");
        t.same(
          after.filter((pid) => workers.includes(pid)),
          [],
        );
      },
    );

    await t.test("the session goes on after a restart of Redis, and of all units", async (t) => {
      for (const unit of ["fjmcp-redis.service", "fjmcp.target"])
        await underLoad(t, container, alice, `restart of ${unit}`, `systemctl restart ${unit}`);
    });

    await t.test("an outage of Redis shows in the status and in /health, and ends no daemon", async (t) => {
      const lives = await livesOfDaemons(container);
      const shows = async (state: string) => {
        const isShown = async () => {
          const { lines, health } = await redisStates(container);
          const inLine = new RegExp(`^Serving\\. Redis: ${state}( \\(.+\\))?$`);
          const shown = [...lines.map((line) => inLine.test(line)), ...health.map((each) => each === state)];
          return shown.length === 4 && shown.every(Boolean);
        };
        await waitUntil(`both daemons should show that Redis is ${state}`, isShown, { intervalMs: 500 });
      };
      const outage = async () => {
        await container.run(["systemctl", "stop", "fjmcp-redis"]);
        await Promise.all([sleep(5000), shows("away")]);
        await container.run(["systemctl", "start", "fjmcp-redis"]);
      };
      await underLoad(t, container, alice, "Redis away for 5 s or more", outage);
      await shows("ok");
      t.equal(await livesOfDaemons(container), lives, "no daemon was restarted");
    });

    await t.test("a damaged append-only file is repaired without a sign-out", async (t) => {
      const load = await startLoad(container, alice);
      await load.stop();
      const damage = "for f in /var/lib/fjmcp/redis/appendonlydir/*.incr.aof; do echo damage >> $f; done";
      await container.script(`systemctl stop fjmcp-redis; ${damage}`);
      await deployment.repairRedis();
      t.equal(await callAgain(container, load), 200);
    });

    await t.test("the session-daemon has limits of memory and tasks", async (t) => {
      const keys =
        "MemoryMax,TasksMax,OOMPolicy,RestrictAddressFamilies,LogRateLimitIntervalUSec,IPAddressDeny";
      const shown = await container.run(["systemctl", "show", "-p", keys, "fjmcp-session"]);
      t.match(shown, /^MemoryMax=4294967296$/m);
      t.match(shown, /^TasksMax=4096$/m);
      t.match(shown, /^OOMPolicy=continue$/m);
      t.match(
        shown,
        /^RestrictAddressFamilies=(?=.*AF_UNIX)(?=.*AF_INET\b)(?=.*AF_INET6)[A-Z0-9_ ]{22,24}$/m,
      );
      t.match(shown, /^LogRateLimitIntervalUSec=0$/m);
      t.match(shown, /^IPAddressDeny=(?=.*169\.254\.0\.0\/16)(?=.*fe80::\/10)/m);
      const cgroup = "/sys/fs/cgroup/system.slice/fjmcp-session.service";
      if ((await container.attempt(["test", "-e", `${cgroup}/memory.max`])).exitCode === 0)
        t.equal((await container.run(["cat", `${cgroup}/memory.max`])).trim(), String(4 * 1024 ** 3));
      else
        t.comment(
          "MemoryMax=, TasksMax= and IPAddressDeny= are not enforced here: this machine has cgroup v1",
        );
    });

    await t.test("each worker has a cgroup of its own, with limits", async (t) => {
      const chosen = (await journalOf(container)).findLast((line) => line.includes('"sandbox.chosen"'));
      if (!chosen?.includes('"cgroups":"one for each worker"')) {
        t.comment(`none here: ${chosen}`);
        return;
      }
      const loads = [await startLoad(container, alice), await startLoad(container, bob)];
      const workers = "/sys/fs/cgroup/system.slice/fjmcp-session.service/worker-*";
      const limits = `for w in ${workers}; do echo $(cat $w/memory.max $w/pids.max) $(wc -l < $w/cgroup.procs); done`;
      const rows = (await container.run(["sh", "-c", limits])).trim().split("\n");
      t.ok(rows.length >= 2, rows.join("; "));
      for (const row of rows) t.match(row, /^1073741824 64 [1-9]/);
      await Promise.all(loads.map((load) => load.stop()));
    });

    await t.test("a child that eats its memory ends alone, and its calls say so", async (t) => {
      const [eater, neighbour] = [await startLoad(container, alice), await startLoad(container, bob)];
      const daemon = await container.run(["systemctl", "show", "--value", "-p", "MainPID", "fjmcp-session"]);
      const slow = neighbour.call({ sleepMs: 3000 });
      t.match(await eater.call({ eat: true }), { error: /needed more memory than it may have/ });
      t.match(await slow, { text: bob.name }, "its neighbour goes on");
      t.match(await eater.call({}), { text: alice.name }, "the next call has a new process");
      t.equal(
        await container.run(["systemctl", "show", "--value", "-p", "MainPID", "fjmcp-session"]),
        daemon,
      );
      await Promise.all([eater.stop(), neighbour.stop()]);
    });

    await t.test("a stop is short, and a call in flight gets an error that says so", async (t) => {
      const stop = () => stopped(container, "session", "stop");
      const load = await startLoad(container, alice);
      const slow = load.call({ sleepMs: 60_000 });
      await sleep(1000);
      const busyMs = await stop();
      t.match(await slow, { error: /stop|restart/ });
      await load.call({});
      const idleMs = await stop();
      reportFigure(t, "stop of fjmcp-session, idle", seconds(idleMs));
      reportFigure(t, "stop of fjmcp-session with a call in flight", seconds(busyMs));
      t.ok(Math.max(idleMs, busyMs) < claudeTimeoutMs);
      t.match(await load.call({}), { text: alice.name }, "the socket starts it again");
      await load.stop();
    });

    await t.test(
      "the auth-server stops soon, and lets a login that waits for Forgejo complete",
      async (t) => {
        const restart = () => stopped(container, "auth", "restart");
        const idleMs = await restart();
        const held = await holdExchanges(container);
        t.teardown(() => held.release());
        const login = startLoad(container, bob);
        await held.arrived();
        const restarted = restart();
        await sleep(1000);
        await held.release();
        const busyMs = await restarted;
        const load = await login;
        t.match(load.text, `"login":"${bob.name}"`);
        await load.stop();
        reportFigure(t, "stop of fjmcp-auth, idle", seconds(idleMs));
        reportFigure(t, "stop of fjmcp-auth with a login that waits 1 s for Forgejo", seconds(busyMs));
      },
    );

    await t.test("an upgrade and a downgrade under load reject no call", async (t) => {
      for (const version of ["1.0.1", "1.0.0"]) await assertUpgrade(t, deployment, { version, login: alice });
    });

    await t.test("the journal has no secret, and systemd has read each notification", async (t) => {
      const load = await startLoad(container, alice);
      await load.stop();
      const journal = await journalOf(container);
      const secrets = [load.accessToken, load.refreshToken, alice.password, ...secretsOf(root)];
      t.ok(secrets.length > 8);
      const lines = journal.filter((line) => secrets.some((secret) => line.includes(secret)));
      t.equal(lines.length, 0);
      t.same(
        journal.filter((line) => line.startsWith("Cannot find unit for notify message")),
        [],
      );
    });

    await t.test("session, registration and grant outlive a reboot", async (t) => {
      const load = await startLoad(container, alice);
      await load.stop();
      await container.reboot();
      t.equal(await callAgain(container, load), 200);
      t.equal(await refresh(container, load), 200);
    });

    await t.test("its removal leaves configuration and state, its purge leaves nothing", async (t) => {
      const load = await startLoad(container, alice);
      await load.stop();
      await deployment.backUp();
      await assertRemoval(t, deployment, "1.0.0");

      await t.test("a backup brings keys and configuration back; users sign in again", async (t) => {
        await container.script(`apt-get install --yes ${deb("1.0.1")}`, { network: "outside" });
        await deployment.configureProxy();
        t.match(await deployment.restore(), /^All is well\./m);
        t.equal(await callAgain(container, load), 401);
        const again = await startLoad(container, alice, { clientId: load.clientId });
        t.match(again.text, `"login":"${alice.name}"`, "with the registration of before");
        await again.stop();
      });
    });
  },
);
