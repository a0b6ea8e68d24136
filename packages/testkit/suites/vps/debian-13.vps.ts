import t from "tap";
import { prepareDeployment } from "./deployment.ts";
import { assertExposure } from "./exposure.ts";
import { reportFigure, seconds } from "./figure.ts";
import { startLoad } from "./load.ts";
import { missingForContainers } from "./machine.ts";
import { assertRemoval, assertUpgrade } from "./package-changes.ts";
import { activeUnits } from "./package-state.ts";
import { underLoad } from "./under-load.ts";

// bubblewrap needs more here than on Debian 12 (fjmcp.generator).
const exposureLimits = { "fjmcp-auth": 1.1, "fjmcp-session": 2.2, "fjmcp-redis": 1 };

t.test(
  "runs on Debian 13 with Valkey as docs/setup/deploy.md deploys it",
  { skip: missingForContainers() },
  async (t) => {
    const opened = new AsyncDisposableStack();
    t.teardown(() => opened.disposeAsync());
    const deployment = await prepareDeployment(opened, "trixie", ["1.0.0", "1.0.1"], "valkey-tools");
    const { container, forgejo } = deployment;
    const alice = forgejo.users[0]!;
    const startedMs = performance.now();

    await t.test("the package installs with valkey-tools, and starts nothing", async (t) => {
      t.match(await deployment.installPackage(), /Next: fjmcp setup/);
      t.same(await activeUnits(container), []);
      t.match(await container.run(["/usr/lib/fjmcp/redis-server", "--version"]), /^Valkey server v=8/);
      t.same(await container.processes("valkey-server"), [], "no Valkey of Debian's runs");
    });

    await t.test("setup ends with a doctor that finds all well, and a client calls a tool", async (t) => {
      await deployment.configureProxy();
      const output = await deployment.setUp();
      t.match(output, /^All is well\./m);
      t.match(output, /^ok +redis +\S.* syncs each write/m);
      t.notMatch(output, /^WARNING .*FJMCP_REDIS/m);
      const load = await startLoad(container, alice);
      reportFigure(
        t,
        "Debian 13: from apt-get update to the first tool call",
        seconds(performance.now() - startedMs),
      );
      t.match(load.text, `"login":"${alice.name}"`);
      await load.stop();
      await assertExposure(t, container, "Debian 13", exposureLimits);
    });

    await t.test("a restart of the session-daemon rejects no call", async (t) => {
      const restart = "systemctl restart fjmcp-session";
      const result = await underLoad(t, container, alice, "Debian 13: restart of fjmcp-session", restart);
      t.equal(result.unserved, 0);
    });

    await t.test("an upgrade under load rejects no call", async (t) => {
      await assertUpgrade(t, deployment, { version: "1.0.1", login: alice, system: "Debian 13: " });
    });

    await t.test("its removal leaves configuration and state, its purge leaves nothing", async (t) => {
      await assertRemoval(t, deployment, "1.0.1");
    });
  },
);
