import { spawnSync } from "node:child_process";
import { existsSync, rmSync, writeFileSync } from "node:fs";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { redisServerBinary } from "../redis/redis-server-binary.ts";

/** Programs that a few tests need, with their Debian packages; without one these tests are skipped with a reason. */
const optional: Readonly<Record<string, string>> = {
  chromium: "chromium",
  caddy: "caddy",
  bwrap: "bubblewrap",
  nginx: "nginx",
  haproxy: "haproxy",
  apache2: "apache2-bin",
  lintian: "lintian",
  "x86_64-linux-gnu-strip": "binutils-x86-64-linux-gnu",
  "aarch64-linux-gnu-strip": "binutils-aarch64-linux-gnu",
  "systemd-nspawn": "systemd-container",
  mmdebstrap: "mmdebstrap",
  ip: "iproute2",
};

/** While it exits with 101, packages start no service (invoke-rc.d(8)): a proxy would listen on this machine's ports. */
const policyFile = "/usr/sbin/policy-rc.d";

/**
 * Finds or fetches redis-server, which the tests require (throws RedisNotFoundError). Installs missing optional programs
 * with apt-get when it runs as root. Resolves with one line for each program that is still missing.
 */
export async function prepareMachine(print: (line: string) => void): Promise<string[]> {
  await redisServerBinary();
  const missing = Object.keys(optional).filter((name) => findExecutable(name) === undefined);
  if (missing.length > 0 && process.getuid?.() === 0 && findExecutable("apt-get") !== undefined) {
    const packages = missing.map((name) => optional[name]!);
    print(`Installing ${packages.join(" and ")} with apt-get …`);
    apt("update");
    withoutServices(() => {
      for (const name of packages) apt("install", "--yes", "--no-install-recommends", name);
    });
  }
  return missing
    .filter((name) => findExecutable(name) === undefined)
    .map(
      (name) =>
        `${name} is not on PATH: the tests that need it are skipped. Install it: apt-get install ${optional[name]}`,
    );
}

function withoutServices(install: () => void): void {
  if (existsSync(policyFile)) return install();
  writeFileSync(policyFile, "#!/bin/sh\nexit 101\n", { mode: 0o755 });
  try {
    install();
  } finally {
    rmSync(policyFile);
  }
}

function apt(...words: readonly string[]): void {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  spawnSync("apt-get", ["-qq", ...words], { env, stdio: ["ignore", "ignore", "inherit"] });
}
