import { existsSync, readFileSync, realpathSync } from "node:fs";
import { dirname, join } from "node:path";

interface Manifest {
  readonly name: string;
  readonly dependencies?: object;
  readonly optionalDependencies?: object;
}

/**
 * The names of all installed packages that the package in `directory` needs at run time, directly or indirectly, and its
 * own. It follows `dependencies` and `optionalDependencies` of the manifests as Node resolves them.
 */
export function dependencyClosure(directory: string): Set<string> {
  const names = new Map<string, string>();
  const visit = (folder: string) => {
    if (names.has(folder)) return;
    const manifest = JSON.parse(readFileSync(join(folder, "package.json"), "utf8")) as Manifest;
    names.set(folder, manifest.name);
    for (const name of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies })) {
      const found = installedFolder(name, folder);
      if (found !== undefined) visit(found);
    }
  };
  visit(realpathSync(directory));
  return new Set(names.values());
}

/** The folder of a dependency; undefined for an optional one that is not installed. */
function installedFolder(name: string, from: string): string | undefined {
  const candidate = join(from, "node_modules", name);
  if (existsSync(candidate)) return realpathSync(candidate);
  return from === dirname(from) ? undefined : installedFolder(name, dirname(from));
}
