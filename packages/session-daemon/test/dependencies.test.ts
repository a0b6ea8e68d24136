import { readFileSync, realpathSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import t from "tap";

const packageDir = join(import.meta.dirname, "..");

/** The folders of all packages that the package in `dir` needs to run, itself included. */
function closure(dir: string, seen = new Map<string, string>()): Map<string, string> {
  const {
    name,
    dependencies = {},
    optionalDependencies = {},
  } = JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as {
    name: string;
    dependencies?: object;
    optionalDependencies?: object;
  };
  if (seen.has(dir)) return seen;
  seen.set(dir, name);
  for (const dependency of Object.keys({ ...dependencies, ...optionalDependencies })) {
    const found = find(dependency, dir);
    if (found !== undefined) closure(found, seen);
  }
  return seen;
}

function find(dependency: string, from: string): string | undefined {
  const folders = createRequire(join(from, "package.json")).resolve.paths(dependency) ?? [];
  for (const folder of folders) {
    try {
      return realpathSync(join(folder, dependency, "package.json")).replace(/\/package\.json$/, "");
    } catch {
      // Not in this one.
    }
  }
  return undefined;
}

/** All files of this repository that `file` imports, directly or not. */
function importedFiles(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const source = readFileSync(file, "utf8");
  for (const [, specifier] of source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)) {
    if (specifier!.startsWith(".")) importedFiles(join(dirname(file), specifier!), seen);
    else if (specifier!.startsWith("@fjmcp/")) {
      importedFiles(
        join(packageDir, "..", specifier!.replace(/^@fjmcp\/([^/]+)\/(.*)$/, "$1/src/$2.ts")),
        seen,
      );
    }
  }
  return seen;
}

t.test("does not depend on the authorization server, directly or indirectly", async (t) => {
  const names = new Set(closure(realpathSync(packageDir)).values());
  t.ok(names.has("ioredis"), "the walk finds what is there");
  t.ok(names.has("pino"), "through shared too");
  for (const name of ["oidc-provider", "@fjmcp/auth-server", "@fjmcp/testkit"])
    t.notOk(names.has(name), name);
});

t.test("imports no file that mentions it from main.ts", async (t) => {
  const files = [...importedFiles(join(packageDir, "src/main.ts"))];
  t.ok(
    files.some((file) => file.endsWith("shared/src/redis/redis-keys.ts")),
    "the walk finds what is there",
  );
  for (const file of files) {
    t.notMatch(file, /auth-server|testkit/);
    t.notMatch(readFileSync(file, "utf8"), /from "(oidc-provider|@fjmcp\/(auth-server|testkit))/, file);
  }
});
