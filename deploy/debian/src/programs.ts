import { bundle, type Bundle } from "./bundle.ts";
import { bundledPackages, type BundledPackage } from "./bundled-packages.ts";
import { copyrightFile } from "./copyright.ts";

/** The bundled programs, which are the same on every architecture. */
export interface Programs {
  readonly bundles: ReadonlyMap<string, Bundle>;
  /** What of npm is in them. */
  readonly packages: readonly BundledPackage[];
  /** The package's copyright file. */
  readonly copyright: string;
}

const entries = {
  "auth-server": "packages/auth-server/src/main.ts",
  "session-daemon": "packages/session-daemon/src/main.ts",
  cli: "packages/cli/src/main.ts",
};

/** Bundles all programs as of this version. */
export async function buildPrograms(version: string): Promise<Programs> {
  const bundles = new Map<string, Bundle>();
  for (const [name, entry] of Object.entries(entries)) {
    bundles.set(name, await bundle(entry, version));
  }
  const modules = [...bundles.values()].flatMap((built) => built.modules);
  const packages = bundledPackages(modules);
  return { bundles, packages, copyright: copyrightFile(packages) };
}
