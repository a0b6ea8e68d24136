import t from "tap";
import { NamePatterns } from "../../src/policy/name-patterns.ts";

const matches = (pattern: string, text: string) => new NamePatterns([pattern]).matches(text);

t.test("a pattern without asterisk matches exactly", async (t) => {
  t.ok(matches("get_issue", "get_issue"));
  for (const text of ["get_issue ", "Get_issue", "get_issues", "", "get.issue"])
    t.notOk(matches("get_issue", text));
  t.notOk(matches("get.issue", "get_issue"), "a dot is a dot");
});

t.test("an asterisk stands for any characters, also none", async (t) => {
  for (const [pattern, text] of [
    ["*", ""],
    ["*", "a\nb"],
    ["delete_*", "delete_"],
    ["delete_*", "delete_repo\n"],
    ["*_label", "edit_repo_label"],
    ["*_wiki_*", "get_wiki_page"],
    ["a*b*c", "aXbXbXc"],
    ["**a**", "a"],
    ["forgejo://*/pr/*", "forgejo://repo/o/r/pr/1"],
  ] as const) {
    t.ok(matches(pattern, text), `${pattern} ${text}`);
  }
  for (const [pattern, text] of [
    ["delete_*", "xdelete_repo"],
    ["*_label", "label"],
    ["a*a", "a"],
    ["ab*bc", "abc"],
    ["*_wiki_*", "get_wiki"],
  ] as const) {
    t.notOk(matches(pattern, text), `${pattern} ${text}`);
  }
});

t.test("no patterns match nothing", async (t) => {
  t.ok(new NamePatterns([]).isEmpty);
  t.notOk(new NamePatterns([]).matches(""));
  t.notOk(new NamePatterns(["a*"]).isEmpty);
});
