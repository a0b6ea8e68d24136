import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t from "tap";
import { bubblewrap, bubblewrapMissing } from "../../support/bubblewrap.ts";
import { caller, poolDefaults, runPool, toolText, useTool } from "../../support/run-pool.ts";

type Pool = Parameters<typeof useTool>[0];
const readPaths = [projectRoot];
const surroundings = [
  ["without a sandbox", poolDefaults.sandbox, undefined],
  ["in bubblewrap", bubblewrap, bubblewrapMissing],
] as const;

async function use(pool: Pool, who: string, tool: string, args: Record<string, unknown> = {}) {
  return JSON.parse(await toolText(useTool(pool, caller(who), tool, args))) as unknown;
}

for (const [title, sandbox, skip] of surroundings) {
  t.test(
    `two workers share no HOME, TMPDIR or working directory, ${title}`,
    { skip: skip ?? false },
    async (t) => {
      const { pool } = runPool(t, { command: childCommand("hostile") }, { sandbox, readPaths });
      const environment = async (who: string) => (await use(pool, who, "environment")) as NodeJS.ProcessEnv;
      const { HOME: home = "", TMPDIR: tmpdir } = await environment("one");
      const { cwd } = (await use(pool, "one", "process")) as { cwd: string };
      t.same([cwd, tmpdir], [home, home]);
      const written = [join(home, "by-path"), "by-name"];
      t.same(await use(pool, "one", "write", { paths: written }), ["done", "done"]);
      const { HOME: other = "" } = await environment("two");
      const sought = ["by-path", "by-name", join(other, "by-path"), join(other, "by-name")];
      t.same(await use(pool, "two", "read", { paths: sought }), ["ENOENT", "ENOENT", "ENOENT", "ENOENT"]);
    },
  );
}

t.test(
  "the home of a worker is removed with it, and those of a killed daemon at the next start",
  async (t) => {
    const { pool, runtimeDir } = runPool(t, { command: childCommand("hostile") });
    const homes = join(runtimeDir, "homes");
    await use(pool, "one", "write", { paths: ["file"] });
    const [daemon = ""] = readdirSync(homes);
    t.equal(readdirSync(join(homes, daemon)).length, 1);
    await pool.end(() => true);
    await waitUntil("its home is gone", () => readdirSync(join(homes, daemon)).length === 0);

    const orphaned = join(homes, `${2 ** 22 + 1}-1`, "worker-abc");
    mkdirSync(orphaned, { recursive: true });
    await use(pool, "two", "environment");
    runPool(t, { command: childCommand("echo") }, { runtimeDir });
    t.notOk(existsSync(orphaned), "its daemon does not run any more");
    t.equal(readdirSync(join(homes, daemon)).length, 1, "this daemon's stay");
  },
);

t.test(
  "a program outside the system's folders runs in bubblewrap",
  { skip: bubblewrapMissing ?? false },
  async (t) => {
    const folder = temporaryDirectory(t);
    const program = (name: string, text: string) => {
      const file = join(folder, name);
      writeFileSync(file, text, { mode: 0o755 });
      return file;
    };
    const { stub, node } = {
      stub: childCommand("echo").split(" ").slice(1).join(" "),
      node: process.execPath,
    };
    const viaEnv = program(
      "env-script",
      `#!/usr/bin/env node\nprocess.argv.splice(2, 0, "echo");\nimport("${stub.split(" ")[0]}");\n`,
    );
    const direct = program(
      "script",
      `#!${node}\nprocess.argv.splice(2, 0, "echo");\nimport("${stub.split(" ")[0]}");\n`,
    );
    symlinkSync(direct, join(folder, "link"));
    mkdirSync(join(folder, "bin"));
    symlinkSync(node, join(folder, "bin", "node"));
    const environment = { ...process.env, PATH: `${join(folder, "bin")}:/usr/bin:/bin` };
    for (const command of [viaEnv, direct, join(folder, "link")]) {
      const { pool } = runPool(t, { command }, { sandbox: bubblewrap, readPaths, environment });
      t.equal(
        await toolText(useTool(pool, caller(), "echo", { of: command })),
        JSON.stringify({ of: command }),
      );
    }
  },
);
