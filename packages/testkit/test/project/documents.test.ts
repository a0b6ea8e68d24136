import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

const documents = ["README.md", "SECURITY.md", ...globSync("docs/**/*.md", { cwd: projectRoot })];

t.test("every relative link in the documents leads somewhere", async (t) => {
  const links = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)].map(([, target]) => ({
      document,
      target: target!,
    })),
  );
  t.ok(links.length >= 8, "the links were found");
  for (const { document, target } of links) {
    t.ok(existsSync(join(projectRoot, dirname(document), target)), `${document} → ${target}`);
  }
});

t.test("every setting is in the operations guide, and nothing that is none", async (t) => {
  const guide = settingsIn(read("docs/operations.md"));
  const sources = globSync(
    ["packages/{auth-server,session-daemon}/src/config.ts", "packages/shared/src/config/*.ts"],
    { cwd: projectRoot },
  );
  const settings = settingsIn(sources.map(read).join("\n"));
  t.ok(settings.size >= 30, "the settings were found");
  t.strictSame([...guide].toSorted(), [...settings].toSorted());
});

function settingsIn(text: string): Set<string> {
  return new Set(text.match(/\bFJMCP_[A-Z_]*[A-Z]\b/g) ?? []);
}

t.test("every source file that the architecture names is there", async (t) => {
  const named = [...read("docs/architecture.md").matchAll(/`([\w/-]+\/[\w-]+\.ts)`/g)];
  t.ok(named.length >= 30, "the names were found");
  const sources = globSync("packages/*/src/**/*.ts", { cwd: projectRoot });
  for (const [, file] of named) {
    t.ok(
      sources.some((source) => source.endsWith(`/${file}`) || source === file),
      String(file),
    );
  }
});

t.test("every row of the threat model names tests, and they are there", async (t) => {
  const rows = read("docs/threat-model.md").match(/^\| (?!who +\| tries|-).*$/gm) ?? [];
  t.ok(rows.length >= 15, "the rows were found");
  for (const row of rows) {
    const named = [
      ...row
        .split("|")
        .at(-2)!
        .matchAll(/`([\w/-]+\.test\.ts)`/g),
    ].map(([, file]) => file!);
    t.ok(named.length > 0, row);
    for (const file of named) {
      t.ok(
        ["packages", "deploy"].some((folder) => existsSync(join(projectRoot, folder, file))),
        file,
      );
    }
  }
});

function read(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}
