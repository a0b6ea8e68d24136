import { startSandboxForgejo } from "../../../src/forgejo/sandbox-forgejo.ts";
import t from "tap";
import { api, ForgejoApp, scriptedUser } from "../../../src/stack/forgejo-app.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const app = await ForgejoApp.register(forgejo);
const alice = (await app.logIn(scriptedUser(forgejo, "alice"))).access_token;
const bob = (await app.logIn(scriptedUser(forgejo, "bob"))).access_token;

const send = (method: string, path: string, token: string, body: unknown) =>
  fetch(`${forgejo.url}/api/v1${path}`, {
    method,
    headers: { authorization: `token ${token}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });

t.test("hides a private repository from other users", async (t) => {
  const plans = "/repos/alice/secret-plans";
  for (const path of [plans, `${plans}/issues`, `${plans}/issues/1`, `${plans}/contents/README.md`]) {
    t.equal((await api(forgejo, path, bob)).status, 404, path);
    t.equal((await api(forgejo, path, alice)).status, 200, path);
    t.equal((await fetch(`${forgejo.url}/api/v1${path}`)).status, 404, `${path} without a token`);
  }
  const found = await (await api(forgejo, "/repos/search?q=alice", bob)).json();
  t.match(found, { ok: true, data: [{ full_name: "alice/welcome" }] });
  const issues = await (await api(forgejo, "/repos/issues/search?q=only alice", bob)).json();
  t.strictSame(issues, []);
  t.equal((await api(forgejo, "/repos/alice/welcome", bob)).status, 200);
});

t.test("lets other users open issues and comment, not change the owner's", async (t) => {
  const opened = await send("POST", "/repos/alice/welcome/issues", bob, { title: "From bob" });
  t.equal(opened.status, 201);
  const { number } = (await opened.json()) as { number: number };
  const own = await send("PATCH", `/repos/alice/welcome/issues/${number}`, bob, { state: "closed" });
  t.match(await own.json(), { state: "closed", closed_at: String });
  t.equal((await send("PATCH", "/repos/alice/welcome/issues/1", bob, { title: "Mine" })).status, 403);
  t.equal((await send("POST", "/repos/alice/welcome/issues/1/comments", bob, { body: "Hi" })).status, 201);
  t.equal((await send("POST", "/repos/alice/welcome/issues", bob, { title: "" })).status, 422);
});

t.test("lists a fork without issues first, and has no issues there", async (t) => {
  const name = "a-fork";
  forgejo.controls.addRepository("bob", { name, isFork: true, hasIssues: false, first: true });
  const list = await (await api(forgejo, "/user/repos", bob)).json();
  t.match(list, [{ name, fork: true, has_issues: false }, { fork: false, has_issues: true }, {}]);
  const issues = `/repos/bob/${name}/issues`;
  t.equal((await api(forgejo, issues, bob)).status, 404);
  t.equal((await api(forgejo, `${issues}/1`, bob)).status, 404);
  t.equal((await send("POST", issues, bob, { title: "no" })).status, 404);
});

t.test("rejects writes to an archived repository with 423", async (t) => {
  forgejo.controls.addRepository("bob", { name: "old", isArchived: true });
  t.match(await (await api(forgejo, "/repos/bob/old", bob)).json(), { archived: true, has_issues: true });
  t.equal((await api(forgejo, "/repos/bob/old/issues", bob)).status, 200);
  const post = await send("POST", "/repos/bob/old/issues", bob, { title: "no" });
  t.equal(post.status, 423);
  t.match(await post.json(), { message: /^<Repository \d+:bob\/old> is archived$/, url: String });
});

t.test("reads and writes files, with the sha as an optimistic lock", async (t) => {
  const path = "/repos/alice/welcome/contents/docs/guide.md";
  const guide = (await (await api(forgejo, path, alice)).json()) as { content: string; sha: string };
  t.match(Buffer.from(guide.content, "base64").toString("utf8"), "ünïcödé");
  const content = Buffer.from("changed").toString("base64");
  t.equal((await send("PUT", path, alice, { content, sha: "wrong" })).status, 409);
  t.equal((await send("PUT", path, alice, { content, sha: guide.sha })).status, 200);
  t.equal(await (await api(forgejo, "/repos/alice/welcome/raw/docs/guide.md", alice)).text(), "changed");
  t.equal((await send("DELETE", path, alice, { sha: guide.sha })).status, 409, "the sha of the earlier text");
  const entries = await (await api(forgejo, "/repos/alice/welcome/contents", alice)).json();
  t.match(entries, [
    { name: "docs", type: "dir" },
    { name: "README.md", type: "file" },
  ]);
});

t.test("returns lists in pages with a total count", async (t) => {
  const page = await api(forgejo, "/repos/alice/welcome/issues?state=all&limit=2&page=1", alice);
  t.equal(((await page.json()) as unknown[]).length, 2);
  t.ok(Number(page.headers.get("x-total-count")) >= 3);
});

t.test("creates, lists, changes and deletes OAuth2 applications", async (t) => {
  const path = "/user/applications/oauth2";
  const settings = await ForgejoApp.register(forgejo);
  const scope = "write:user";
  const alice = (await settings.logIn(scriptedUser(forgejo, "alice"), { scope })).access_token;
  const body = { name: "by API", redirect_uris: ["https://app.example/cb"] };
  const created = await send("POST", path, alice, body);
  t.equal(created.status, 201);
  const made = (await created.json()) as { id: number; client_secret: string };
  t.match(made, {
    confidential_client: false,
    client_secret: /^gto_[a-z2-7]{52}$/,
    client_id: /^[0-9a-f-]{36}$/,
  });
  const one = `${path}/${made.id}`;
  t.match(await (await api(forgejo, one, alice)).json(), { client_secret: "" });
  t.equal((await api(forgejo, one, bob)).status, 404);
  const patched = (await (
    await send("PATCH", one, alice, { ...body, confidential_client: true })
  ).json()) as typeof made;
  t.match(patched, { confidential_client: true, client_secret: /^gto_/ });
  t.not(patched.client_secret, made.client_secret, "a change makes a new secret");
  const authorization = `Basic ${Buffer.from("alice:alice-password").toString("base64")}`;
  const list = await fetch(`${forgejo.url}/api/v1${path}`, { headers: { authorization } });
  t.match(await list.json(), [{}, {}, { name: "by API" }], "a password works too");
  t.equal((await send("DELETE", one, alice, {})).status, 204);
  t.equal((await api(forgejo, one, alice)).status, 404);
});
