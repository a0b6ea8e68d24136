import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** The checks that fail, as `scenario:check`; `file` is the same for the suite's `--expected-failures`. */
export interface ExpectedFailures {
  readonly file: string;
  readonly checks: ReadonlySet<string>;
}

const entry = /^ {2}- (\S+:\S+) # \S.*$/;

/**
 * Reads expected-failures/NAME.yaml: `server:`, then one line per check, `  - scenario:check # reason`. Throws on any
 * other line, such as an entry without a reason.
 */
export async function readExpectedFailures(name: string): Promise<ExpectedFailures> {
  const file = join(import.meta.dirname, "expected-failures", `${name}.yaml`);
  const [head, ...lines] = (await readFile(file, "utf8")).trimEnd().split("\n");
  if (head === "server: []" && lines.length === 0) return { file, checks: new Set() };
  const checks = lines.map((line) => entry.exec(line)?.[1]);
  const invalid = head === "server:" ? checks.indexOf(undefined) : -1;
  if (head !== "server:" || invalid >= 0)
    throw new Error(`${file}: “${lines[invalid] ?? head}” is no check with a reason`);
  return { file, checks: new Set(checks as string[]) };
}
