import { globSync } from "node:fs";
import { projectRoot } from "../process/project-root.ts";

/** A group of test files that one run of tap executes. */
export interface Suite {
  /** One sentence for `--list`. */
  readonly summary: string;
  /** Its test files, as a glob from the project's root. Undefined: those of .taprc. */
  readonly files?: string;
  /** Flags for tap in addition to .taprc. */
  readonly flags: readonly string[];
}

/** All suites, by name. A new suite is one entry here. */
export const suites: ReadonlyMap<string, Suite> = new Map([
  [
    "tests",
    { summary: "Unit and integration tests of all packages and the demo.", flags: ["--disable-coverage"] },
  ],
  ["coverage", { summary: "The suite tests with its coverage, which needs a third more time.", flags: [] }],
  [
    "faults",
    {
      summary:
        "Every fault at every step of a client, random faults, limits and shutdown. Runs for several minutes.",
      files: "packages/*/suites/faults/*.faults.ts",
      // One file at a time, with a long timeout and without coverage, which would slow the daemons down.
      flags: ["--jobs=1", "--timeout=900", "--disable-coverage"],
    },
  ],
  [
    "simulation",
    {
      summary:
        "Seven days of clients that behave as Claude does, while all parts restart: no user is signed out.",
      files: "packages/*/suites/simulation/*.simulation.ts",
      flags: ["--jobs=1", "--timeout=300", "--disable-coverage"],
    },
  ],
  [
    "conformance",
    {
      summary: "The official conformance suite of MCP, against both daemons with a child for it.",
      files: "packages/*/suites/conformance/*.conformance.ts",
      flags: ["--jobs=1", "--timeout=300", "--disable-coverage"],
    },
  ],
  [
    "sdk-clients",
    {
      summary: "Clients on the SDKs for TypeScript and Go, mcp-remote and the Inspector's command line.",
      files: "packages/*/suites/sdk-clients/*.sdk-clients.ts",
      flags: ["--jobs=1", "--timeout=600", "--disable-coverage"],
    },
  ],
  [
    "clients",
    {
      summary: "Command-line clients from npm, each with a stand-in model. Downloads gigabytes.",
      files: "packages/*/suites/clients/*.clients.ts",
      flags: ["--jobs=1", "--timeout=3600", "--disable-coverage"],
    },
  ],
  [
    "vps",
    {
      summary:
        "docs/setup/deploy.md on a minimal Debian 12 and 13 with a real systemd. Needs root, systemd-nspawn and mmdebstrap.",
      files: "packages/*/suites/vps/*.vps.ts",
      flags: ["--jobs=1", "--timeout=1800", "--disable-coverage"],
    },
  ],
]);

/** The arguments of tap that run `files` of the suite, or all of its files when none is given. */
export function tapArguments(suite: Suite, files: readonly string[]): string[] {
  const all = suite.files === undefined ? [] : globSync(suite.files, { cwd: projectRoot });
  return [...suite.flags, ...(files.length > 0 ? files : all)];
}
