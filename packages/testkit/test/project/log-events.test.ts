import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

t.test("the reference lists exactly the events that the daemons log", async (t) => {
  const reference = read("docs/reference/log-events.md");
  for (const [heading, folder] of [
    ["auth-server", "packages/auth-server/src"],
    ["session-daemon", "packages/session-daemon/src"],
    ["Both daemons", "packages/shared/src"],
  ] as const) {
    const section = reference.split(`\n## ${heading}\n`)[1]?.split("\n## ")[0] ?? "";
    const documented = [...section.matchAll(/^\| `([\w.]+)`/gm)].map(([, event]) => event!);
    t.strictSame(documented.toSorted(), eventsIn(folder), `${heading} has the events of ${folder}`);
  }
});

function eventsIn(folder: string): string[] {
  const sources = globSync(`${folder}/**/*.ts`, { cwd: projectRoot }).map(read).join("\n");
  return [...new Set([...sources.matchAll(/\bevent: "([^"]+)"/g)].map(([, event]) => event!))].toSorted();
}

function read(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}
