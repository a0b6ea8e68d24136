import { spawnSync } from "node:child_process";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { redisServerBinary } from "../redis/redis-server-binary.ts";

/** Programs that a few tests need; without one those tests are skipped and say why. */
const wished = ["chromium", "caddy"];

/**
 * Sees to redis-server, which the tests can not do without (throws RedisNotFoundError), and installs the wished
 * programs that are missing where apt-get can do it. Answers with a line for each that stays missing.
 */
export async function prepareMachine(say: (line: string) => void): Promise<string[]> {
  await redisServerBinary();
  const missing = wished.filter((name) => findExecutable(name) === undefined);
  if (missing.length > 0 && process.getuid?.() === 0 && findExecutable("apt-get") !== undefined) {
    say(`Installing ${missing.join(" and ")} with apt-get …`);
    apt("update");
    for (const name of missing) apt("install", "--yes", "--no-install-recommends", name);
  }
  return missing
    .filter((name) => findExecutable(name) === undefined)
    .map(
      (name) =>
        `${name} is not on PATH: the tests that need it are skipped. Install it: apt-get install ${name}`,
    );
}

function apt(...words: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["-qq", ...words], { env, stdio: ["ignore", "ignore", "inherit"] });
}
