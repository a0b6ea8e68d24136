import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

/** The folders that the layout describes: those of sources, suites, deployment and documents. */
const described = [
  /^deploy(\/(grafana|proxy|systemd)|\/\w+\/(src|test|control|files))?$/,
  /^docs\/.+$/,
  /^packages\/[\w-]+\/src(\/.+)?$/,
  /^packages\/[\w-]+\/suites\/[\w-]+$/,
  /^packages\/testkit\/test\/project$/,
];

t.test("the layout names exactly the folders of the tree, each with one sentence", async (t) => {
  const rows = readFileSync(join(projectRoot, "docs/development/layout.md"), "utf8").matchAll(
    /^\| `([\w/-]+)` +\| (.*?) +\|$/gm,
  );
  const sentences = new Map([...rows].map(([, folder, sentence]) => [folder!, sentence!]));
  t.strictSame([...sentences.keys()].toSorted(), foldersInTree());
  for (const [folder, sentence] of sentences) {
    t.match(sentence.replaceAll(/`[^`]*`/g, "x"), /^[^.]+\.$/, folder);
    for (const [, target] of sentence.split("→")[1]?.matchAll(/`([\w/-]+)`/g) ?? []) {
      t.ok(
        [...sentences.keys()].some((name) => name === target || name.endsWith(`/src/${target}`)),
        `${folder} → ${target}`,
      );
    }
  }
});

/** Those with files of their own that git tracks or would track. */
function foldersInTree(): string[] {
  const listed = execFileSync("git", ["ls-files", "--cached", "--others", "--exclude-standard"], {
    cwd: projectRoot,
    encoding: "utf8",
  });
  const folders = new Set(listed.split("\n").filter(Boolean).map(dirname));
  return [...folders].filter((folder) => described.some((pattern) => pattern.test(folder))).toSorted();
}
