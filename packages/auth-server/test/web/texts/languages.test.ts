import t from "tap";
import { languages, textsFor } from "../../../src/web/texts/languages.ts";
import { en } from "../../../src/web/texts/en.ts";

const others = Object.values(languages).filter((texts) => texts !== en);

t.test("chooses the language with the highest quality that there is", async (t) => {
  for (const [header, tag] of [
    [undefined, "en"],
    ["", "en"],
    ["*", "en"],
    ["de", "de"],
    ["de-AT,de;q=0.9,en;q=0.8", "de"],
    ["en-GB,en;q=0.9,de;q=0.8", "en"],
    ["fr;q=0.5,ja;q=0.7", "ja"],
    ["sv,nl;q=0.3", "nl"],
    ["sv", "en"],
    ["en;q=0,pl;q=0.1", "pl"],
    ["pt-PT", "pt-BR"],
    ["zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"],
    ["ES", "es"],
    ["<script>", "en"],
    ["de;q=high,,;;q=", "en"],
    [`${"x,".repeat(5000)}fr`, "fr"],
  ] as const) {
    t.equal(textsFor(header).tag, tag, String(header).slice(0, 40));
  }
});

t.test("has every text in every language, and none left in English", async (t) => {
  t.equal(others.length, 8);
  const english = new Map(leaves(en));
  for (const texts of others) {
    const translated = new Map(leaves(texts));
    t.same([...translated.keys()].sort(), [...english.keys()].sort(), texts.tag);
    for (const [path, text] of translated) {
      t.not(text.trim(), "", `${texts.tag} ${path}`);
      // Names of things in Forgejo are the same in many languages; a function without a literal has no words.
      const mayBeSame = /^\/(toolsets\/.*|device)\/label$/.test(path) || text === "() => [connectAgain]";
      if (!mayBeSame) t.not(text, english.get(path), `${texts.tag} ${path}`);
    }
  }
});

t.test("quotes the labels of the page as they stand there", async (t) => {
  for (const { tag, consent, levels } of Object.values(languages)) {
    for (const [text, label] of [
      [consent.faults.not_started, consent.started.label],
      [consent.faults.no_level, levels.read.label],
      [consent.faults.no_level, levels.write.label],
      [consent.faults.no_toolset, consent.toolsetQuestion],
      [String(consent.signIn), consent.allow],
    ] as const) {
      t.ok(text.includes(label), `${tag}: ${label}`);
    }
  }
});

t.test("says what a decision means in each language, in few words", async (t) => {
  for (const { tag, consent, levels } of Object.values(languages)) {
    for (const label of [consent.deny, consent.allow, levels.read.label, levels.write.label]) {
      t.ok(label.length <= 25, `${tag}: ${label}`);
    }
    t.equal(new Set([consent.deny, consent.allow, levels.read.label, levels.write.label]).size, 4, tag);
  }
});

/** Every text by its path; a function stands for the text in its source. */
function leaves(node: unknown, path = ""): [path: string, text: string][] {
  if (typeof node !== "object" || node === null) return [[path, String(node)]];
  return Object.entries(node).flatMap(([key, value]) => leaves(value, `${path}/${key}`));
}
