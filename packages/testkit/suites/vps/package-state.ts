import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Container } from "./container.ts";

/** The units of fjmcp that are active. */
export async function activeUnits(container: Container): Promise<string[]> {
  const listed = await container.run(["systemctl", "list-units", "--no-legend", "--state=active", "fjmcp*"]);
  return listed.trim().split("\n").filter(Boolean);
}

/** What is left of fjmcp on the machine: files, users, groups, failed units. */
export async function remains(container: Container, root: string): Promise<string[]> {
  const dirs = ["etc/fjmcp", "var/lib/fjmcp", "run/fjmcp", "usr/lib/fjmcp", "usr/share/fjmcp"];
  const files = dirs.filter((dir) => existsSync(join(root, dir)));
  const named = await container.script(
    "getent passwd | grep fjmcp || true; getent group | grep fjmcp || true; find /etc/systemd -name 'fjmcp*'; systemctl list-units --no-legend --state=failed",
  );
  return [...files, ...named.split("\n").filter(Boolean)];
}
