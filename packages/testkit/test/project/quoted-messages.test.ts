import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

const documents = [
  ...globSync("docs/{setup,topics,reference}/**/*.md", { cwd: projectRoot }),
  "README.md",
  "SECURITY.md",
  "CONTRIBUTING.md",
];
const sources = globSync(["packages/*/src/**/*.ts", "deploy/*/src/**/*.ts"], { cwd: projectRoot });
const quoted = /"([^"]+)"|“([^“”]+)”/g;
/** How many messages a document quotes at least: a sign that its quotes are found. */
const leastQuotes: Readonly<Record<string, number>> = {
  "docs/setup/clients/README.md": 6,
  "docs/setup/sign-outs.md": 3,
};

t.test("every message that a document quotes occurs in a source", async (t) => {
  const texts = sources.map((file) => plain(withConstants(read(file)))).join("\n");
  for (const document of documents) {
    const paragraphs = paragraphsOf(withoutCode(read(document)));
    const quotes = paragraphs.flatMap(quotesOf).filter((quote) => quote.includes(" "));
    for (const quote of quotes) t.ok(texts.includes(quote.replace(/[.,]$/, "")), `${document}: ${quote}`);
    t.ok(quotes.length >= (leastQuotes[document] ?? 0), `${document}: ${quotes.length} quotes were found`);
    const unpaired = paragraphs.filter((paragraph) => /["“”]/.test(paragraph.replace(quoted, "")));
    t.same(unpaired, [], `${document}: every quotation mark is one of a pair`);
  }
});

function quotesOf(paragraph: string): string[] {
  return Array.from(paragraph.matchAll(quoted), ([, straight, curly]) => plain(straight ?? curly!));
}

/** A row of a table is a paragraph of its own. */
function paragraphsOf(markdown: string): string[] {
  return markdown.split(/\n\s*\n|\n(?=\|)/);
}

function withoutCode(markdown: string): string {
  return markdown.replace(/```[^]*?```/g, "").replace(/`[^`\n]*`/g, "");
}

/** Puts a file's constant texts into its templates. */
function withConstants(source: string): string {
  const constants = new Map(
    Array.from(source.matchAll(/const (\w+) =\s*"([^"\n]*)";/g), ([, name, text]) => [name!, text!]),
  );
  return source.replace(/\$\{(\w+)\}/g, (template, name: string) => constants.get(name) ?? template);
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").toLowerCase();
}

function read(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}
