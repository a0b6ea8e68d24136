import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { dependencyClosure } from "@fjmcp/testkit/project/dependency-closure";

const packageDir = join(import.meta.dirname, "..");

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

t.test("the authorization server is not among the dependencies, near or far", async (t) => {
  const names = dependencyClosure(packageDir);
  t.ok(names.has("ioredis"), "the walk finds what is there");
  t.ok(names.has("pino"), "through shared too");
  for (const name of ["oidc-provider", "@fjmcp/auth-server", "@fjmcp/testkit"])
    t.notOk(names.has(name), name);
});

t.test("no file that main.ts imports mentions the authorization server", async (t) => {
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
