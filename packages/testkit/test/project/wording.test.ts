import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

/** Words of a private dialect, each with the field's term. */
const dialect: readonly (readonly [word: RegExp, term: string])[] = [
  [/\bjudg(e|es|ed|ing|e?ments?)\b/i, "verify, result"],
  [/\blets? in\b|\bbelieve[sd]?\b/i, "authenticated, cached"],
  [/\btold\b|\btells? (of )?changes/i, "is notified, invalidation"],
  [/\bforg[eo]t(s|ten|ting)?\b/i, "clear, evict, invalidate"],
  [/answer/i, "response, reply, result"],
  [/(?<!econn)refus(e|al|ing)/i, "reject, error"],
  [/\bdead\b/i, "invalid, revoked, closed"],
  [/left-?overs?\b/i, "orphan, leak"],
  [/surplus/i, "eviction"],
  [/\bpieces?\b/i, "chunks"],
  [/(?<!\.)\bshapes?\b/i, "hidden class, structure"],
  [/\bbridged\b/i, "forwarded"],
  [/\bhand-?overs?\b/i, "rollover"],
  [/patien(ce|t)/i, "timeout"],
  [/\bbears?\b/i, "idempotent, tolerate"],
  [/\b(who|whoever|whom|nobody|somebody|anybody|everybody)\b/i, "caller, client, user, process"],
  [/\b(on|under) (its|the|their) way\b|\bunder way\b/i, "in flight, pending"],
  [/\bfor ever\b|\bfor good\b/i, "permanently"],
  [/\bcan not\b/i, "cannot"],
  [/\bpersons?\b/i, "user"],
  [/\bnoted\b/i, "recorded"],
  [/\bspared\b/i, "exempt"],
  [/idText/, "idJson"],
  [/\btakes\b/i, "accepts, expects"],
  [/\bsaid\b/i, "claims, reported"],
];

/** Texts of pages, where a user is called a person. */
const pages = /^packages\/auth-server\/src\/web\/|^packages\/testkit\/src\/forgejo\/pages\//;

const sources = globSync(
  [
    "*.ts",
    "packages/*/src/**/*.{ts,lua}",
    "deploy/*/src/**/*.ts",
    "deploy/*.{acl,conf,env}",
    "deploy/{debian/{control,files},proxy,systemd}/*",
  ],
  { cwd: projectRoot },
);
/** Texts of pages in other languages than English. */
const translations = /^packages\/auth-server\/src\/web\/texts\/(device\/)?(?!en\b)[a-z]{2}\.ts$/;
const documents = globSync(["*.md", "docs/**/*.md"], { cwd: projectRoot });
const tests = globSync(["packages/*/{test,suites}/**/*.ts", "deploy/*/test/**/*.ts"], { cwd: projectRoot });

t.test("sources, documents and test titles use the field's terms", async (t) => {
  t.ok(sources.length > 100 && documents.length > 10 && tests.length > 50, "the files were found");
  for (const file of [...sources, ...documents]) {
    if (translations.test(file)) continue;
    const words = pages.test(file) ? dialect.filter(([, term]) => term !== "user") : dialect;
    for (const [index, line] of read(file).split("\n").entries()) check(`${file}:${index + 1}`, line, words);
  }
  for (const file of tests) {
    for (const title of titlesOf(file)) check(file, title, dialect);
  }

  function check(where: string, text: string, words: typeof dialect) {
    for (const [word, term] of words) {
      if (word.test(text)) t.fail(`${where}: ${word.exec(text)![0]} → ${term}: ${text.trim().slice(0, 120)}`);
    }
  }
});

/** Words with which a title cannot begin that is a subject and a verb, or a verb alone. */
const noSubject = /^(should|must|so|and|but|in)\b/;
/** Names that a title may begin with; others begin with a small letter or contain a sign that no word has. */
const names = /^(Forgejo|Redis|Origin|SIG[A-Z]+|GET)\b/;

t.test("test titles are a verb with its subject or alone, in small letters", async (t) => {
  for (const file of [...sources, ...tests]) {
    for (const title of titlesOf(file)) {
      const fault =
        (title.endsWith(".") && "ends with a full stop") ||
        (!/[ $]/.test(title) && "is one word") ||
        (noSubject.test(title) && "has no subject and no verb at its beginning") ||
        (/\bshould\b/.test(title) && "says what should be, not what is") ||
        (/^[A-Z][a-z]*\b(?![-#])/.test(title) && !names.test(title) && "begins with a capital letter");
      if (fault !== false) t.fail(`${file}: the title ${fault}: ${title}`);
    }
  }
});

/** Those that are literals, in the call or in the table of which it has them. */
function titlesOf(file: string): string[] {
  const text = read(file);
  const inCalls = text.matchAll(/\bt\.test\(\s*(?:"([^"]*)"|`([^`]*)`)/g);
  const hasTable = /\bt\.test\(\s*\w+\.name\b/.test(text);
  const inTable = hasTable ? text.matchAll(/^ +name: (?:"([^"]*)"|`([^`]*)`),$/gm) : [];
  return [...inCalls, ...inTable].map(([, plain, template]) => (plain ?? template)!);
}

function read(file: string): string {
  return readFileSync(join(projectRoot, file), "utf8");
}
