import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";
import { temporaryDirectory } from "../../src/temporary-directory.ts";

const read = (path: string) =>
  JSON.parse(readFileSync(join(projectRoot, path), "utf8")) as Record<string, string>;
const [, hash = ""] = /sha512\.([0-9a-f]{128})$/.exec(read("package.json").packageManager!) ?? [];
const executables = read(".ci/pnpm-executables.json");
const executable = "@pnpm/exe.linux-x64";
const pinned: Readonly<Record<string, string>> = {
  pnpm: `sha512-${Buffer.from(hash, "hex").toString("base64")}`,
  [executable]: executables[executable]!,
};

/** Installs as npx does, with these recorded hashes; returns the program. */
function installed(
  folder: string,
  hashes: Readonly<Record<string, string>>,
  program = "the program",
): string {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, "pnpm"), { recursive: true });
  mkdirSync(join(modules, executable), { recursive: true });
  mkdirSync(join(modules, ".bin"));
  writeFileSync(join(modules, "pnpm/pnpm"), program);
  writeFileSync(join(modules, executable, "pnpm"), "the program");
  symlinkSync("../pnpm/pnpm", join(modules, ".bin/pnpm"));
  const packages = Object.fromEntries(
    Object.entries(hashes).map(([name, integrity]) => [`node_modules/${name}`, { integrity }]),
  );
  writeFileSync(join(modules, ".package-lock.json"), JSON.stringify({ packages }));
  return join(modules, ".bin/pnpm");
}

function verify(program: string) {
  const script = join(projectRoot, ".ci/verify-pnpm.mjs");
  const { status, stderr } = spawnSync(process.execPath, [script, program], { encoding: "utf8" });
  return { status, stderr };
}

t.test("accepts the pinned pnpm", async (t) => {
  t.match(verify(installed(temporaryDirectory(t), pinned)), { status: 0, stderr: "" });
});

t.test(
  "rejects one of another hash, an incomplete one, a replaced program, and one that npx has not installed",
  async (t) => {
    const other = `sha512-${Buffer.alloc(64).toString("base64")}`;
    for (const [name, stderr] of [
      ["pnpm", /pnpm in .* has another hash/],
      [executable, /exe.linux-x64 in .* has another hash/],
    ] as const)
      t.match(verify(installed(temporaryDirectory(t), { ...pinned, [name]: other })), { status: 1, stderr });
    t.match(verify(installed(temporaryDirectory(t), { pnpm: pinned.pnpm! })), {
      status: 1,
      stderr: /no complete/,
    });
    t.match(verify(installed(temporaryDirectory(t), pinned, "another")), {
      status: 1,
      stderr: /is not the executable/,
    });
    t.match(verify(process.execPath), { status: 1, stderr: /not installed by npx/ });
  },
);
