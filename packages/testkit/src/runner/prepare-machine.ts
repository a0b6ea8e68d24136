import { spawnSync } from "node:child_process";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { redisServerBinary } from "../redis/redis-server-binary.ts";

/** Programs that a few tests need, each with Debian's package; without one these tests are skipped with a reason. */
const optional = [
  { name: "chromium", package: "chromium" },
  { name: "caddy", package: "caddy" },
  { name: "bwrap", package: "bubblewrap" },
];

/**
 * Finds or fetches redis-server, which the tests require (throws RedisNotFoundError). Installs missing optional programs
 * with apt-get when it runs as root. Resolves with one line for each program that is still missing.
 */
export async function prepareMachine(print: (line: string) => void): Promise<string[]> {
  await redisServerBinary();
  const missing = optional.filter(({ name }) => findExecutable(name) === undefined);
  if (missing.length > 0 && process.getuid?.() === 0 && findExecutable("apt-get") !== undefined) {
    print(`Installing ${missing.map(({ name }) => name).join(" and ")} with apt-get …`);
    apt("update");
    for (const { package: name } of missing) apt("install", "--yes", "--no-install-recommends", name);
  }
  return missing
    .filter(({ name }) => findExecutable(name) === undefined)
    .map(
      ({ name, package: toInstall }) =>
        `${name} is not on PATH: the tests that need it are skipped. Install it: apt-get install ${toInstall}`,
    );
}

function apt(...words: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["-qq", ...words], { env, stdio: ["ignore", "ignore", "inherit"] });
}
