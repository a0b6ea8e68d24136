import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Container } from "./container.ts";

const credentials = "etc/fjmcp/credentials";

/** The lines of the journal since the last boot, of systemd and all services. */
export async function journalOf(container: Container): Promise<string[]> {
  await container.run(["journalctl", "--sync"]);
  return (await container.run(["journalctl", "--no-pager", "--output=cat", "--boot"])).split("\n");
}

/** Every key and password of the installation whose root this is. */
export function secretsOf(root: string): string[] {
  const files = readdirSync(join(root, credentials)).filter((name) => name !== "redis-acl");
  const lines = files.flatMap((name) => readFileSync(join(root, credentials, name), "utf8").split("\n"));
  return lines.filter(Boolean);
}
