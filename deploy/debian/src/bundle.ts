import { rolldown, type Plugin } from "rolldown";
import { embedFiles } from "./embed-files.ts";
import { lighterModules } from "./lighter-modules.ts";
import { projectRoot } from "./release.ts";

/** A program as one file. */
export interface Bundle {
  readonly code: string;
  readonly sourceMap: string;
  /** Absolute paths of the modules in it. */
  readonly modules: readonly string[];
}

/**
 * Bundles the program at `entry`, a path from the project's root, as a program of this version. The same sources give the
 * same bytes anywhere.
 */
export async function bundle(entry: string, version: string): Promise<Bundle> {
  await using build = await rolldown({
    cwd: projectRoot,
    input: entry,
    platform: "node",
    plugins: [embedFiles(), lighterModules(), setVersion(version)],
    // Of depd, a dependency of koa's, which keeps the length of a wrapped function that way.
    checks: { eval: false },
    onLog: (level, log) => {
      if (level === "warn") throw new Error(log.message);
    },
  });
  const { output } = await build.generate({
    format: "esm",
    codeSplitting: false,
    sourcemap: "hidden",
    comments: false,
    entryFileNames: "bundle.mjs",
  });
  const [{ code, map, moduleIds }] = output;
  return {
    code: escapeNonAscii(code),
    sourceMap: JSON.stringify(map),
    modules: moduleIds.filter((id) => id.startsWith("/")),
  };
}

/** A package may be built with another version than the sources have. */
function setVersion(version: string): Plugin {
  const file = `${projectRoot}/packages/shared/src/version.ts`;
  return {
    name: "set-version",
    load: (id) => (id === file ? `export const version = ${JSON.stringify(version)};` : undefined),
  };
}

/** V8 keeps a source in half of the memory if it needs no character beyond Latin-1. */
function escapeNonAscii(code: string): string {
  return code.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
