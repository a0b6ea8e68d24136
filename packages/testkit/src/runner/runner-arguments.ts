import { parseArgs, type ParseArgsConfig } from "node:util";
import { suites } from "./suites.ts";

export interface RunnerArguments {
  readonly list: boolean;
  /** Names of suites, in the order in which they run. */
  readonly suiteNames: readonly string[];
  /** Test files; none means all of each suite. */
  readonly files: readonly string[];
  /** A suite that would begin more minutes after the start is skipped, but for the first. */
  readonly startByMinutes: number;
}

/** An argument is invalid; the message names it. */
export class RunnerUsageError extends Error {
  override readonly name = "RunnerUsageError";
}

const options = {
  suite: { type: "string", multiple: true, default: ["tests"] },
  list: { type: "boolean", default: false },
  "start-by": { type: "string", default: "Infinity" },
} as const satisfies ParseArgsConfig["options"];

/** The usage of the test commands, with one line per suite. */
export function runnerUsage(): string {
  const lines = [...suites].map(([name, { summary }]) => `  ${name.padEnd(12)}${summary}`);
  return `usage: runner/main.ts [--list] [--suite=NAME]… [--start-by=MINUTES] [FILE]…

  --suite     a suite to run; may be repeated. Default: tests
  --start-by  skip a suite that would begin later, with the reason
  --list      print the suites and exit
  FILE        a test file; without one, all files of each suite run

Suites:
${lines.join("\n")}
`;
}

/** Reads the runner's command line. Throws RunnerUsageError for an unknown option or suite. */
export function runnerArguments(words: readonly string[]): RunnerArguments {
  const { values, positionals } = parse(words);
  const unknown = values.suite.filter((name) => !suites.has(name));
  if (unknown.length > 0) throw new RunnerUsageError(`There is no suite ${unknown.join(", ")}`);
  const startByMinutes = Number.parseFloat(values["start-by"]);
  if (!(startByMinutes >= 0)) throw new RunnerUsageError("--start-by wants a number of minutes");
  return { list: values.list, suiteNames: values.suite, files: positionals, startByMinutes };
}

function parse(words: readonly string[]) {
  try {
    return parseArgs({ args: [...words], options, allowPositionals: true });
  } catch (error) {
    throw new RunnerUsageError((error as Error).message, { cause: error });
  }
}
