import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Test } from "tap";
import type { Deployment } from "./deployment.ts";
import { activeUnits, remains } from "./package-state.ts";
import type { Login } from "./public-name.ts";
import { underLoad } from "./under-load.ts";

/** Installs this version in the place of another while a client calls: no call is rejected, the configuration stays. */
export async function assertUpgrade(
  t: Test,
  deployment: Deployment,
  { version, login, system = "" }: { version: string; login: Login; system?: string },
): Promise<void> {
  const { container, root, deb } = deployment;
  const configuration = () => readFile(join(root, "etc/fjmcp/fjmcp.env"), "utf8");
  const before = await configuration();
  const install = `DEBIAN_FRONTEND=noninteractive apt-get install --yes --allow-downgrades ${deb(version)}`;
  const result = await underLoad(t, container, login, `${system}apt-get install of ${version}`, install);
  t.equal(result.unserved, 0);
  t.match(await container.run(["dpkg-query", "--show", "fjmcp"]), version);
  const running = { fjmcp: version, authServer: version, sessionDaemon: version };
  t.match(JSON.parse(await container.run(["fjmcp", "version", "--json"])), running);
  t.equal(await configuration(), before);
}

/**
 * Removes the package, which leaves configuration and state, and installs it again, which starts it; then purges it, which
 * leaves nothing.
 */
export async function assertRemoval(
  t: Test,
  { container, root, deb }: Deployment,
  version: string,
): Promise<void> {
  const before = await activeUnits(container);
  await container.script("apt-get remove --yes fjmcp");
  t.notOk(existsSync(join(root, "usr/lib/fjmcp")));
  t.ok(existsSync(join(root, "etc/fjmcp/fjmcp.env")));
  t.ok(existsSync(join(root, "var/lib/fjmcp/redis")));
  t.same(await container.processes("/usr/lib/fjmcp"), []);
  await container.script(`apt-get install --yes ${deb(version)}`);
  t.same(await activeUnits(container), before);
  await container.script("systemctl stop fjmcp.target 'fjmcp*' && apt-get remove --yes fjmcp");
  await container.script(`apt-get install --yes ${deb(version)}`);
  t.same(await activeUnits(container), [], "what its administrator has stopped stays so");
  await container.script("apt-get purge --yes fjmcp");
  t.same(await remains(container, root), []);
}
