import { fileURLToPath } from "node:url";
import { forgejoMcpMissing } from "../../src/children/child-command.ts";
import { startSandboxForgejo } from "../../src/forgejo/sandbox-forgejo.ts";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StdioClientTransport } from "@modelcontextprotocol/sdk/client/stdio.js";
import t, { type Test } from "tap";
import { ForgejoApp, scriptedUser, readWrite } from "../../src/stack/forgejo-app.ts";

/** Starts a real MCP server with alice's token. Returns a function that calls its tools. */
async function startChild(
  t: Test,
  child: (url: string, token: string) => { command: string; args: string[]; env: Record<string, string> },
) {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const app = await ForgejoApp.register(forgejo);
  const { access_token } = await app.logIn(scriptedUser(forgejo, "alice"), { scope: readWrite });
  const client = new Client({ name: "sandbox-test", version: "1.0.0" });
  await client.connect(new StdioClientTransport({ ...child(forgejo.url, access_token), stderr: "ignore" }));
  t.teardown(() => client.close());
  return async (name: string, args: Record<string, unknown> = {}): Promise<string> => {
    const result = await client.callTool({ name, arguments: args });
    const content = result.content as { type: string; text: string }[];
    const text = content.map((part) => part.text).join("\n");
    if (result.isError === true) throw new Error(`${name}: ${text}`);
    return text;
  };
}

t.test("gitea-mcp reads and writes issues", async (t) => {
  const main = fileURLToPath(import.meta.resolve("gitea-mcp/stdio"));
  const call = await startChild(t, (url, token) => ({
    command: process.execPath,
    args: [main],
    env: { GITEA_HOST: url, GITEA_ACCESS_TOKEN: token },
  }));
  const repo = { owner: "alice", repo: "welcome" };

  t.match(JSON.parse(await call("user__get_my_userinfo")), { login: "alice" });
  t.match(JSON.parse(await call("repo__list_my")), [
    { name: "welcome" },
    { name: "secret-plans", private: true },
  ]);
  t.match(JSON.parse(await call("issue__list", repo)), [{ number: 2 }, { number: 1 }]);

  const created = JSON.parse(await call("issue__create", { ...repo, title: "Söme 🫖", body: "Body" }));
  t.match(created, { number: 4, title: "Söme 🫖", body: "Body", state: "open", user: { login: "alice" } });
  const issue = { ...repo, index: 4 };
  t.match(JSON.parse(await call("issue__comment_create", { ...issue, body: "Hello" })), { body: "Hello" });
  t.match(JSON.parse(await call("issue__comment_list", issue)), [{ body: "Hello" }]);
  t.match(JSON.parse(await call("issue__edit", { ...issue, state: "closed" })), { state: "closed" });
  t.match(JSON.parse(await call("issue__get_by_index", issue)), { state: "closed", comments: 1 });
  // Its reads are cached for minutes: a second get_by_index would show the issue as it was.
  t.match(JSON.parse(await call("issue__add_labels", { ...issue, labels: ["bug"] })), [{ name: "bug" }]);
  const search = { type: "created", state: "closed", keyword: "söme" };
  t.match(JSON.parse(await call("issue__search_list", search)), [{ number: 4 }]);
  await t.rejects(call("issue__get_by_index", { owner: "alice", repo: "nothing", index: 1 }), {
    message: /couldn't be found/,
  });
});

const forgejoMcp = process.env.FJMCP_TEST_FORGEJO_MCP || findExecutable("forgejo-mcp");
const skip = forgejoMcp === undefined && forgejoMcpMissing;

t.test("forgejo-mcp reads and writes issues and files", { skip }, async (t) => {
  const call = await startChild(t, (url, token) => ({
    command: forgejoMcp ?? "",
    args: ["--transport", "stdio", "--url", url],
    env: { FORGEJO_ACCESS_TOKEN: token },
  }));
  const repo = { owner: "alice", repo: "welcome" };

  t.match(await call("get_my_user_info"), /alice/);
  t.match(await call("list_my_repos", { page: 1, limit: 20 }), /secret-plans/);
  t.match(await call("search_repos", { keyword: "welcome" }), /bob\/welcome/);
  t.match(await call("list_repo_issues", repo), /kettle/);
  t.match(await call("get_file_content", { ...repo, ref: "main", filePath: "docs/guide.md" }), /ünïcödé/);
  t.match(await call("list_repo_contents", { ...repo, ref: "main", path: "docs" }), /guide\.md/);

  t.match(await call("create_issue", { ...repo, title: "Söme 🫖", body: "Body" }), /Söme 🫖/);
  const issue = { ...repo, index: 4 };
  await call("create_issue_comment", { ...issue, body: "Hello" });
  t.match(await call("list_issue_comments", issue), /Hello/);
  await call("update_issue", { ...issue, title: "Renamed" });
  await call("issue_state_change", { ...issue, state: "closed" });
  const after = await call("get_issue_by_index", issue);
  t.match(after, /Renamed/);
  t.match(after, /closed/);
  t.match(await call("search_issues", { owner: "alice", q: "renamed", state: "closed" }), /Renamed/);
  t.match(await call("list_repo_labels", repo), /enhancement/);
  t.match(await call("list_branches", { ...repo, page: 1, limit: 10 }), /main/);
  t.match(await call("list_repo_commits", { ...repo, page: 1, limit: 10 }), /The present state/);
  t.match(await call("search_users", { keyword: "bo" }), /bob/);
  const file = { ...repo, filePath: "new.txt", message: "m", branch_name: "main" };
  await call("create_file", { ...file, content: "New text" });
  t.match(await call("get_file_content", { ...repo, ref: "main", filePath: "new.txt" }), /New text/);
  await t.rejects(call("get_issue_by_index", { ...repo, index: 99 }), { message: /couldn't be found/ });
});
