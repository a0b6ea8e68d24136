import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import t from "tap";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { createProgram } from "../src/command-line.ts";

/** Not the changes, which keep the words of their time. */
const files = globSync(["*.md", "docs/**/*.md", "deploy/**/*.env"], { cwd: projectRoot }).filter(
  (name) => name !== "CHANGELOG.md",
);

/** The command lines of fjmcp in the text's code, without their comments. */
function commandLinesIn(text: string): string[] {
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, block]) =>
    block!.replaceAll("\\\n", " "),
  );
  const lines = blocks.flatMap((block) => block.split("\n"));
  const spans = [...text.matchAll(/`([^`]+)`/g)].map(([, span]) => span!.replaceAll(/\s+/g, " "));
  return [...lines, ...spans]
    .map((line) => line.replace(/ #.*/, ""))
    .filter((line) => /^fjmcp [a-z]/.test(line));
}

/** What of the command line does not exist. */
function unknownIn(line: string): string[] {
  const [, ...words] = line.replaceAll("\\|", "|").split(" ").filter(Boolean);
  let command: Command = createProgram();
  for (const word of words) {
    const found = command.commands.find((each) => each.name() === word);
    if (found === undefined) break;
    command = found;
  }
  const missing = command.parent === null ? [words[0]!] : [];
  const options = words.filter((word) => word.startsWith("--") && word !== "--help");
  return [...missing, ...options.filter((name) => !command.options.some((option) => option.long === name))];
}

t.test("every command of fjmcp that a document names exists, with its options", (t) => {
  const lines = files.flatMap((file) =>
    commandLinesIn(readFileSync(join(projectRoot, file), "utf8")).map((line) => ({ file, line })),
  );
  t.ok(lines.length >= 50, `${lines.length} command lines were found`);
  for (const { file, line } of lines) t.same(unknownIn(line), [], `${file}: ${line}`);
  t.end();
});
