import { execFileSync } from "node:child_process";
import { join } from "node:path";
import type { Test } from "tap";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";

export const version = "9.8.7";

/** Builds `fjmcp_<version>_<architecture>` in a fresh folder, with little compression. */
export function buildPackages(t: Test, architectures: readonly string[]): string {
  const out = temporaryDirectory(t);
  const chosen = architectures.map((name) => `--architecture=${name}`);
  const main = join(projectRoot, "deploy/debian/src/main.ts");
  execFileSync(process.execPath, [main, "--fast", `--version=${version}`, `--out=${out}`, ...chosen], {
    stdio: "pipe",
  });
  return out;
}
