import t from "tap";
import { repositoryForIssue } from "../src/child-tools.ts";

const fork = {
  full_name: "alice/fork",
  fork: true,
  has_issues: false,
  archived: false,
  owner: { login: "alice" },
};
const archived = { full_name: "alice/old", has_issues: true, archived: true };
const usable = { full_name: "club/website", has_issues: true, archived: false };

t.test("chooses a repository with issues that is not archived", async (t) => {
  const expected = { owner: "club", repo: "website" };
  t.same(repositoryForIssue(JSON.stringify([fork, archived, usable])), expected);
  t.same(repositoryForIssue(JSON.stringify({ Result: [fork, usable], total: 2 })), expected);
  t.same(repositoryForIssue(`Your repositories:\n${JSON.stringify([fork, usable], undefined, 2)}`), expected);
  t.same(repositoryForIssue('[{"full_name":"alice/plain"}]'), { owner: "alice", repo: "plain" });
});

t.test("chooses none where no issue can be opened", async (t) => {
  t.equal(repositoryForIssue(JSON.stringify([fork, archived])), undefined);
  t.equal(repositoryForIssue("[]"), undefined);
  t.equal(repositoryForIssue("no JSON"), undefined);
});
