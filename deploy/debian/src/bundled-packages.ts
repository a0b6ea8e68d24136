import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** One package of npm whose code is in a bundle. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  /** As its package.json declares it (SPDX). */
  readonly licence: string;
  /** Its folder in node_modules. */
  readonly dir: string;
}

/** The packages that `modules`, absolute paths, come from, by name and version. */
export function bundledPackages(modules: readonly string[]): BundledPackage[] {
  const dirs = new Set(modules.filter((path) => path.includes("/node_modules/")).map(packageDir));
  return [...dirs].map(bundledPackage).toSorted(byNameAndVersion);
}

function bundledPackage(dir: string): BundledPackage {
  const { name, version, license: licence = "none" } = manifest(dir);
  return { name: name!, version: version!, licence, dir };
}

/** The nearest folder above with a package.json that names a package. */
function packageDir(path: string): string {
  const dir = dirname(path);
  const isPackage = existsSync(join(dir, "package.json")) && manifest(dir).name !== undefined;
  return isPackage ? dir : packageDir(dir);
}

function manifest(dir: string): Partial<Record<"name" | "version" | "license", string>> {
  return JSON.parse(readFileSync(join(dir, "package.json"), "utf8")) as ReturnType<typeof manifest>;
}

function byNameAndVersion(a: BundledPackage, b: BundledPackage): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : a.version < b.version ? -1 : 1;
}
