import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";
import { temporaryDirectory } from "../../src/temporary-directory.ts";

const forbidden: readonly (readonly [file: string, imported: string])[] = [
  ["packages/auth-server/src/http/x.ts", "oidc-provider"],
  ["packages/auth-server/src/http/x.ts", "ioredis"],
  ["packages/auth-server/src/provider/x.ts", "ioredis"],
  ["packages/auth-server/src/server.ts", "execa"],
  ["packages/auth-server/src/redis/x.ts", "node:child_process"],
  ["packages/auth-server/src/login/x.ts", "@fjmcp/session-daemon/daemon"],
  ["packages/auth-server/src/login/x.ts", "@fjmcp/testkit/redis/private-redis"],
  ["packages/session-daemon/src/http/x.ts", "execa"],
  ["packages/session-daemon/src/session/x.ts", "ioredis"],
  ["packages/session-daemon/src/worker/x.ts", "ioredis"],
  ["packages/session-daemon/src/worker/x.ts", "oidc-provider"],
  ["packages/session-daemon/src/daemon.ts", "@fjmcp/auth-server/server"],
  ["packages/session-daemon/src/daemon.ts", "@fjmcp/testkit/redis/private-redis"],
  ["packages/shared/src/x.ts", "ioredis"],
  ["packages/shared/src/x.ts", "@fjmcp/auth-server/server"],
  ["packages/shared/src/config/x.ts", "execa"],
];

const allowed: readonly (readonly [file: string, imported: string])[] = [
  ["packages/auth-server/src/provider/x.ts", "oidc-provider"],
  ["packages/auth-server/src/redis/x.ts", "ioredis"],
  ["packages/auth-server/src/server.ts", "ioredis"],
  ["packages/session-daemon/src/redis/x.ts", "ioredis"],
  ["packages/session-daemon/src/daemon.ts", "ioredis"],
  ["packages/session-daemon/src/worker/x.ts", "execa"],
  ["packages/shared/src/redis/x.ts", "ioredis"],
];

for (const [expected, cases] of [
  ["rejected", forbidden],
  ["allowed", allowed],
] as const) {
  t.test(`the linter's boundaries: ${expected} imports`, async (t) => {
    for (const [file, imported] of cases)
      t.equal(lint(temporaryDirectory(t), file, imported), expected, `${file} → ${imported}`);
  });
}

function lint(directory: string, file: string, imported: string): string {
  cpSync(join(projectRoot, "oxlint.config.ts"), join(directory, "oxlint.config.ts"));
  symlinkSync(join(projectRoot, "node_modules"), join(directory, "node_modules"));
  mkdirSync(dirname(join(directory, file)), { recursive: true });
  writeFileSync(join(directory, file), `import { x } from "${imported}";\nexport const y = x;\n`);
  const oxlint = join(projectRoot, "node_modules", ".bin", "oxlint");
  // `env -i` drops the loaders that the test runner adds to the environment of every process that a test spawns.
  const { stdout, stderr } = spawnSync(
    "env",
    [
      "-i",
      `PATH=${process.env.PATH}`,
      oxlint,
      "--format",
      "json",
      "-A",
      "all",
      "-D",
      "no-restricted-imports",
    ],
    { cwd: directory, encoding: "utf8" },
  );
  if (!stdout.includes("number_of_files")) throw new Error(`oxlint did not run: ${stdout}${stderr}`);
  return stdout.includes("no-restricted-imports") ? "rejected" : "allowed";
}
