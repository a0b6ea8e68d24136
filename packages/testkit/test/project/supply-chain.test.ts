import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

const read = (path: string) => readFileSync(join(projectRoot, path), "utf8");
const workspace = read("pnpm-workspace.yaml");
const tracked = execFileSync("git", ["ls-files", "--", "package.json", "**/package.json"], {
  cwd: projectRoot,
  encoding: "utf8",
});
const manifests = tracked.trim().split("\n");

t.test("no version of the last days gets into the lockfile, without an exception", async (t) => {
  const [, minutes] = /^minimumReleaseAge: (\d+)$/m.exec(workspace) ?? [];
  t.ok(Number(minutes) >= 3 * 24 * 60, minutes ?? "no minimumReleaseAge");
  t.notMatch(workspace, "minimumReleaseAgeExclude");
});

t.test("every dependency has one exact version", async (t) => {
  t.ok(manifests.length > 5, "the packages were found");
  const exact = /^(\d+\.\d+\.\d+(-[\w.]+)?|catalog:|workspace:\*)$/;
  for (const path of manifests) {
    const manifest = JSON.parse(read(path)) as Record<string, Record<string, string> | undefined>;
    for (const kind of ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"])
      for (const [name, version] of Object.entries(manifest[kind] ?? {}))
        t.match(version, exact, `${path}: ${name}`);
  }
  const catalog = workspace.split("\ncatalog:\n")[1]!.split(/\n\S/)[0]!;
  const versions = [...catalog.matchAll(/^ {2}\S+: (.+)$/gm)].map(([, version]) => version!);
  t.ok(versions.length > 20, "the catalog was found");
  for (const version of versions) t.match(version, exact);
});

t.test("no dependency runs a script when it is installed", async (t) => {
  const allowed = /^allowBuilds:\n((?: +.+\n)*)/m.exec(workspace)?.[1] ?? "";
  t.notMatch(allowed, /: true$/m);
});
