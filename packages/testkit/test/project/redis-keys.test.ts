import { readFileSync } from "node:fs";
import { join } from "node:path";
import { secretKeyPrefixes } from "@fjmcp/shared/redis/redis-keys";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

const reference = read("docs/reference/redis-keys.md");

for (const [heading, file] of [
  ["Both daemons", "packages/shared/src/redis/redis-keys.ts"],
  ["Only the auth-server", "packages/auth-server/src/redis/auth-keys.ts"],
] as const) {
  t.test(`the reference lists exactly the keys of ${file}`, async (t) => {
    const section = reference.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
    const documented = [...section.matchAll(/^\| `([^`]+)`/gm)].map(([, key]) => pattern(key!));
    t.strictSame(documented.toSorted(), keysIn(read(file)));
  });
}

t.test("the keys that the session-daemon must not read are those of the auth-server", async (t) => {
  const own = read("packages/auth-server/src/redis/auth-keys.ts");
  for (const prefix of Object.values(secretKeyPrefixes)) t.ok(own.includes(`\`${prefix}\${`), prefix);
});

/** The keys that a `…Keys` object makes: template literals with ids, or plain strings. */
function keysIn(source: string): string[] {
  const members = /export const \w+Keys = \{([^]*?)\n\} as const/.exec(source)?.[1] ?? "";
  const code = members.replaceAll(/\/\*\*[^]*?\*\//g, "");
  return [...code.matchAll(/`([^`]*)`|"([^"]*)"/g)]
    .map(([, template, literal]) => template ?? literal!)
    .filter((key) => key !== "")
    .map(pattern)
    .toSorted();
}

/** A key with `*` in the place of each id. */
function pattern(key: string): string {
  return key.replaceAll(/\$\{[^}]*\}|<[^>]*>/g, "*");
}

function read(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}
