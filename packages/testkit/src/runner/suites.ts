import { globSync } from "node:fs";
import { projectRoot } from "../process/project-root.ts";

/** Test files that one run of tap takes, and how it takes them. */
export interface Suite {
  readonly tapArguments: readonly string[];
}

/** Each with the files given, or else all that belong to it. */
export const suites = {
  /** As .taprc has it. */
  tests: (files: readonly string[]): Suite => ({ tapArguments: files }),
  /** They wait for what goes wrong: one file at a time, each with a long bound, and nothing slows the daemons down. */
  faults: (files: readonly string[]): Suite => ({
    tapArguments: [
      "--jobs=1",
      "--timeout=900",
      "--disable-coverage",
      ...(files.length > 0 ? files : globSync("packages/*/suites/faults/*.faults.ts", { cwd: projectRoot })),
    ],
  }),
} as const;
export type SuiteName = keyof typeof suites;

export function isSuiteName(name: string): name is SuiteName {
  return Object.hasOwn(suites, name);
}
