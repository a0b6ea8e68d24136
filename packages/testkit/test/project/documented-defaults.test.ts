import { readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

const reference = read("docs/reference/configuration.md");
const shared = read("packages/shared/src/config/redis-endpoint.ts");
const policy = read("packages/session-daemon/src/policy/denied-arguments.ts");
const scope = read("packages/auth-server/src/upstream/forgejo/forgejo-scope.ts");

for (const daemon of ["auth-server", "session-daemon"]) {
  t.test(`the ${daemon}'s defaults are those of the configuration reference`, async (t) => {
    const configured = defaultsOf(read(`packages/${daemon}/src/config.ts`) + shared, scope + policy);
    t.ok(Object.keys(configured).length > 15, "the settings were found");
    t.ok(Object.values(configured).some(Number), "numbers were found");
    t.same(defaultsIn(reference.split(`\n## ${daemon}\n`)[1]!.split("\n## ")[0]!), configured);
  });
}

/** The last cell of each setting's row; a row of several settings has one default for all or one for each. */
function defaultsIn(section: string): Record<string, string> {
  const rows = section.split("\n").filter((line) => line.startsWith("| `FJMCP_"));
  return Object.fromEntries(
    rows.flatMap((row) => {
      const cells = row.split("|").map((cell) => cell.trim());
      const names = cells[1]!.match(/FJMCP_[A-Z0-9_]+/g) ?? [];
      const values = cells
        .at(-2)!
        .replaceAll("`", "")
        .replace(/ \(.*\)$/, "")
        .split(", ");
      return names.map((name, index) => [name, values[index] ?? values[0]!]);
    }),
  );
}

/** What a configuration's source says of each setting, in the reference's words. */
function defaultsOf(source: string, constants: string): Record<string, string> {
  const settings = source.matchAll(/^ {2}(FJMCP_[A-Z0-9_]+): ([^]*?),\n(?= {2}FJMCP_| {2}\.\.\.|\})/gm);
  // The first mention is the setting; a later one only checks it.
  return Object.fromEntries(
    [...settings].toReversed().map(([, name, schema]) => [name!, defaultOf(schema!, source, constants)]),
  );
}

function defaultOf(schema: string, source: string, constants: string): string {
  const number = /\bdefault: ([\d* a-zA-Z]+)/.exec(schema)?.[1];
  if (number !== undefined) {
    return String(number.split("*").reduce((product, factor) => product * secondsOf(factor.trim()), 1));
  }
  if (schema.includes(".optional()")) return "";
  const helper = new RegExp(`^function ${/^\w+/.exec(schema)?.[0]}\\([^]*?^}`, "m").exec(source)?.[0] ?? "";
  const value = /\.default\(([^)]*)\)/.exec(schema + helper)?.[1];
  if (value === undefined) return "required";
  if (value === "[]" || value === '""') return "none";
  const constant = new RegExp(`const ${value} =\\s+("[^"]+")`).exec(constants)?.[1];
  return String(JSON.parse(constant ?? value));
}

function secondsOf(factor: string): number {
  return /^day(Sec)?$/.test(factor) ? 24 * 3600 : Number(factor);
}

function read(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}
