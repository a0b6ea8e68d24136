import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";

interface Manifest {
  name: string;
  dependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

/** Every package that is installed for this one's own code, by following the manifests. */
function closure(directory: string, seen = new Set<string>()): Set<string> {
  const manifest = JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as Manifest;
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
    const found = resolve(directory, name);
    if (found === undefined || seen.has(found)) continue;
    seen.add(found);
    closure(found, seen);
  }
  return seen;
}

function resolve(from: string, name: string): string | undefined {
  for (let directory = from; directory !== dirname(directory); directory = dirname(directory)) {
    const candidate = join(directory, "node_modules", name);
    if (existsSync(candidate)) return realpathSync(candidate);
  }
  return undefined;
}

t.test("depends on no package that spawns processes or is for tests", async (t) => {
  const names = new Set(
    [...closure(join(import.meta.dirname, ".."))].map(
      (directory) => (JSON.parse(readFileSync(join(directory, "package.json"), "utf8")) as Manifest).name,
    ),
  );
  t.ok(names.has("oidc-provider") && names.has("koa"), "the walk goes through");
  for (const foreign of [
    "execa",
    "cross-spawn",
    "@fjmcp/session-daemon",
    "@fjmcp/testkit",
    "@modelcontextprotocol/sdk",
  ]) {
    t.notOk(names.has(foreign), foreign);
  }
});
