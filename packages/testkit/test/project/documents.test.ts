import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { projectRoot } from "@fjmcp/testkit/process/project-root";

const documents = ["README.md", "SECURITY.md", ...globSync("docs/**/*.md", { cwd: projectRoot })];

t.test("every relative link in the documents leads somewhere", async (t) => {
  for (const document of documents) {
    const text = readFileSync(join(projectRoot, document), "utf8");
    for (const [, target] of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#]+)/g)) {
      t.ok(existsSync(join(projectRoot, dirname(document), target!)), `${document} → ${target}`);
    }
  }
});

t.test("every setting is in the operations guide, and nothing that is none", async (t) => {
  const guide = settingsIn(readFileSync(join(projectRoot, "docs/operations.md"), "utf8"));
  const sources = globSync(
    ["packages/{auth-server,session-daemon}/src/config.ts", "packages/shared/src/config/*.ts"],
    { cwd: projectRoot },
  );
  const settings = settingsIn(
    sources.map((file) => readFileSync(join(projectRoot, file), "utf8")).join("\n"),
  );
  t.strictSame([...guide].toSorted(), [...settings].toSorted());
});

function settingsIn(text: string): Set<string> {
  return new Set(text.match(/\bFJMCP_[A-Z_]*[A-Z]\b/g) ?? []);
}

t.test("every source file that the architecture names is there", async (t) => {
  const text = readFileSync(join(projectRoot, "docs/architecture.md"), "utf8");
  const sources = globSync("packages/*/src/**/*.ts", { cwd: projectRoot });
  for (const [, file] of text.matchAll(/`([\w/-]+\/[\w-]+\.ts)`/g)) {
    t.ok(
      sources.some((source) => source.endsWith(`/${file}`) || source === file),
      String(file),
    );
  }
});
