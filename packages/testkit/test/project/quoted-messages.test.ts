import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

const documents = [...globSync("docs/{setup,topics,reference}/**/*.md", { cwd: projectRoot }), "README.md"];
const sources = globSync(["packages/*/src/**/*.ts", "deploy/*/src/**/*.ts"], { cwd: projectRoot });

t.test("every message that the documents quote occurs in a source", async (t) => {
  const texts = sources.map((file) => plain(read(file))).join("\n");
  const quotes = documents.flatMap((document) =>
    [...withoutCode(read(document)).matchAll(/["“]([^"“”\n]+ [^"“”\n]+)["”]/g)].map(([, quote]) => ({
      document,
      quote: plain(quote!).replace(/[.,]$/, ""),
    })),
  );
  t.ok(quotes.length >= 2, "the quotes were found");
  for (const { document, quote } of quotes) t.ok(texts.includes(quote), `${document}: ${quote}`);
});

function withoutCode(markdown: string): string {
  return markdown.replace(/```[^]*?```/g, "").replace(/`[^`\n]*`/g, "");
}

function plain(text: string): string {
  return text.replace(/\s+/g, " ").toLowerCase();
}

function read(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}
