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
  ["packages/auth-server/src/http/x.ts", "prom-client"],
  ["packages/session-daemon/src/mcp/x.ts", "prom-client"],
  ["packages/auth-server/src/server.ts", "execa"],
  ["packages/auth-server/src/redis/x.ts", "node:child_process"],
  ["packages/auth-server/src/login/x.ts", "@fjmcp/session-daemon/daemon"],
  ["packages/auth-server/src/login/x.ts", "@fjmcp/testkit/redis/private-redis"],
  ["packages/session-daemon/src/http/x.ts", "execa"],
  ["packages/session-daemon/src/session/x.ts", "ioredis"],
  ["packages/session-daemon/src/worker/x.ts", "ioredis"],
  ["packages/session-daemon/src/worker/x.ts", "oidc-provider"],
  ["packages/session-daemon/src/worker/pool/x.ts", "execa"],
  ["packages/session-daemon/src/worker/sandbox/x.ts", "node:child_process"],
  ["packages/session-daemon/src/daemon.ts", "@fjmcp/auth-server/server"],
  ["packages/session-daemon/src/daemon.ts", "@fjmcp/testkit/redis/private-redis"],
  ["packages/cli/src/commands/x.ts", "execa"],
  ["packages/cli/src/admin/x.ts", "ioredis"],
  ["packages/cli/src/admin/x.ts", "@fjmcp/auth-server/config"],
  ["packages/cli/src/admin/x.ts", "@fjmcp/testkit/redis/private-redis"],
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
  ["packages/session-daemon/src/worker/child/x.ts", "execa"],
  ["packages/session-daemon/src/worker/child/x.ts", "node:child_process"],
  ["packages/session-daemon/src/worker/sandbox/x.ts", "execa"],
  ["packages/shared/src/redis/x.ts", "ioredis"],
  ["packages/cli/src/system/x.ts", "execa"],
];

const rejected = lint(temporaryDirectory(t), [...forbidden, ...allowed]);

for (const [what, expected, cases] of [
  ["rejects forbidden imports", "rejected", forbidden],
  ["accepts allowed imports", "allowed", allowed],
] as const) {
  t.test(`the linter ${what}`, async (t) => {
    for (const [file, imported] of cases) {
      const found = rejected.has(`${file} ${imported}`) ? "rejected" : "allowed";
      t.equal(found, expected, `${file} → ${imported}`);
    }
  });
}

/** Writes files with these imports, one a line, and gives `file import` for each import that the linter rejects. */
function lint(directory: string, cases: readonly (readonly [file: string, imported: string])[]): Set<string> {
  cpSync(join(projectRoot, "oxlint.config.ts"), join(directory, "oxlint.config.ts"));
  symlinkSync(join(projectRoot, "node_modules"), join(directory, "node_modules"));
  const importsOf = Map.groupBy(cases, ([file]) => file);
  for (const [file, imports] of importsOf) {
    mkdirSync(dirname(join(directory, file)), { recursive: true });
    const lines = imports.map(([, imported], index) => `import { x${index} } from "${imported}";\n`);
    writeFileSync(join(directory, file), lines.join(""));
  }
  const oxlint = join(projectRoot, "node_modules", ".bin", "oxlint");
  const words = ["--format", "json", "-A", "all", "-D", "no-restricted-imports"];
  // `env -i` drops the loaders that the test runner adds to the environment of every process that a test spawns.
  const { stdout, stderr } = spawnSync("env", ["-i", `PATH=${process.env.PATH}`, oxlint, ...words], {
    cwd: directory,
    encoding: "utf8",
  });
  if (!stdout.includes("number_of_files")) throw new Error(`oxlint did not run: ${stdout}${stderr}`);
  const { diagnostics } = JSON.parse(stdout) as {
    diagnostics: { filename: string; labels: { span: { line: number } }[] }[];
  };
  return new Set(
    diagnostics.map(({ filename, labels }) => {
      const [, imported] = importsOf.get(filename)![labels[0]!.span.line - 1]!;
      return `${filename} ${imported}`;
    }),
  );
}
