import t from "tap";
import { describeScope } from "../../../src/web/pages/scope-description.ts";
import { suggestedForgejoScope } from "../../../src/upstream/forgejo/forgejo-scope.ts";

const categories = [
  "activitypub",
  "issue",
  "misc",
  "notification",
  "organization",
  "package",
  "repository",
  "user",
];
const writing = /\b(change|write|publish|send|mark|render|create|delete|merge)\b/;
const privateToo = "All of this also where it is private";

t.test("promises no writing for a scope that only reads", async (t) => {
  const rights = describeScope(categories.map((category) => `read:${category}`).join(" "));
  t.equal(rights.length, categories.length + 1);
  t.equal(rights.at(-1), privateToo);
  for (const right of rights) t.notMatch(right, writing);
});

t.test("names the writing of every category that may write, also where reading is named too", async (t) => {
  for (const category of categories) {
    const [right, ...others] = describeScope(`write:${category} read:${category}`);
    t.match(right, writing, category);
    t.not(right, describeScope(`read:${category}`)[0]);
    t.same(others, [privateToo]);
  }
});

t.test("describes only the categories of the scope", async (t) => {
  t.same(describeScope("openid read:user"), [
    "Read your profile: e-mail addresses, settings, keys, followers, starred repositories",
    privateToo,
  ]);
  const rights = describeScope(suggestedForgejoScope).join("\n");
  for (const words of [
    "merge pull requests",
    "delete repositories",
    "close and delete",
    "teams",
    "mark them",
  ]) {
    t.match(rights, words);
  }
  t.notMatch(rights, /packages|SSH and GPG|ActivityPub|Markdown/);
});

t.test("says of write:user that keys it adds outlive the connection", async (t) => {
  t.match(describeScope("write:user")[0], /SSH and GPG keys.*stays after you disconnect/);
});

t.test("says of public-only that nothing private is reached", async (t) => {
  const rights = describeScope("public-only read:user write:repository");
  t.match(rights.at(-1), /^Only what is public: nothing of private/);
  t.notOk(rights.includes(privateToo));
});
