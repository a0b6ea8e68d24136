import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import type { Container } from "./container.ts";
import { aptGet, aptInstall, missingForContainers, startMachine } from "./machine.ts";

t.test("the package on a minimal Debian", { skip: missingForContainers() }, async (t) => {
  const opened = new AsyncDisposableStack();
  t.teardown(() => opened.disposeAsync());
  const { container, root, deb } = await startMachine(opened, ["1.0.0", "1.0.1"]);
  await container.run([...aptGet, "update"], { network: "outside" });

  await t.test("installs without a question, and starts and enables nothing", async (t) => {
    const output = await aptInstall(container, deb("1.0.0"));
    t.match(output, /Next: fjmcp setup/);
    t.same(await activeUnits(container), []);
    t.notMatch(
      await container.run(["systemctl", "list-unit-files", "--no-legend", "fjmcp*", "redis*"]),
      / enabled /,
    );
    t.same(await container.processes("redis-server"), [], "no Redis of Debian's runs");
    for (const name of ["auth-server", "session-daemon"]) {
      const program = ["/usr/lib/fjmcp/node", `/usr/lib/fjmcp/${name}.mjs`, "--version"];
      t.match(await container.run(program), new RegExp(`^${name} \\d`));
    }
    t.match(await container.run(["/usr/lib/fjmcp/redis-server", "--version"]), /^Redis server v=7/);
  });

  await t.test("an upgrade keeps the configuration and the state", async (t) => {
    for (const dir of ["etc/fjmcp/credentials", "var/lib/fjmcp/redis"])
      await mkdir(join(root, dir), { recursive: true });
    await writeFile(join(root, "etc/fjmcp/fjmcp.env"), "FJMCP_ISSUER=https://mcp.fjmcp.test\n");
    await writeFile(join(root, "var/lib/fjmcp/redis/data"), "kept");
    await aptInstall(container, deb("1.0.1"));
    t.match(await container.run(["dpkg-query", "--show", "fjmcp"]), /1\.0\.1/);
    t.equal(
      await readFile(join(root, "etc/fjmcp/fjmcp.env"), "utf8"),
      "FJMCP_ISSUER=https://mcp.fjmcp.test\n",
    );
    t.ok(existsSync(join(root, "var/lib/fjmcp/redis/data")));
    t.same(await activeUnits(container), [], "what did not run is not started");
  });

  await t.test("removing it leaves configuration and state, purging it leaves nothing", async (t) => {
    await container.run([...aptGet, "remove", "fjmcp"]);
    t.notOk(existsSync(join(root, "usr/lib/fjmcp")));
    t.ok(existsSync(join(root, "etc/fjmcp/fjmcp.env")));
    t.ok(existsSync(join(root, "var/lib/fjmcp/redis/data")));

    await container.run([...aptGet, "purge", "fjmcp"]);
    for (const dir of ["etc/fjmcp", "var/lib/fjmcp", "run/fjmcp"]) t.notOk(existsSync(join(root, dir)), dir);
    for (const database of ["passwd", "group"]) {
      t.notMatch(await container.run(["getent", database]), /fjmcp/, `no ${database} entry`);
    }
    t.equal(await container.run(["find", "/etc/systemd", "-name", "fjmcp*"]), "");
    t.match(await container.run(["systemctl", "is-system-running"]), /running/);
  });

  await t.test("installs again after a purge", async (t) => {
    await aptInstall(container, deb("1.0.1"));
    t.match(
      await container.run(["dpkg-query", "--show", "--showformat=${db:Status-Status}", "fjmcp"]),
      /^installed/,
    );
  });
});

async function activeUnits(container: Container): Promise<string[]> {
  const listed = await container.run(["systemctl", "list-units", "--no-legend", "--state=active", "fjmcp*"]);
  return listed.trim().split("\n").filter(Boolean);
}
