import { existsSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { installedPackage } from "../support/installed-package.ts";
import { runInTerminal } from "../support/run-in-terminal.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const [owner, other] = [forgejo.users[0]!, forgejo.users[1]!];
const issuer = "https://mcp.example.net";
const redirectUri = `${issuer}/oauth/callback`;
const urls = ["--public-url", issuer, "--forgejo-url", forgejo.url];

const basic = (name: string, password: string) =>
  `Basic ${Buffer.from(`${name}:${password}`).toString("base64")}`;

async function applications({ name, password } = owner) {
  const url = `${forgejo.url}/api/v1/user/applications/oauth2`;
  const response = await fetch(url, { headers: { authorization: basic(name, password) } });
  return (await response.json()) as { name: string; client_id: string; redirect_uris: string[] }[];
}

/** Whether Forgejo accepts a client id and secret. It looks at the refresh token after that. */
async function isAccepted(clientId: string, secret: string): Promise<boolean> {
  const response = await fetch(`${forgejo.url}/login/oauth/access_token`, {
    method: "POST",
    headers: { authorization: basic(clientId, secret) },
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: "none" }),
  });
  return ((await response.json()) as { error: string }).error !== "invalid_client";
}

/** An application that was created by hand. */
const made = await forgejo.createApp({ name: "by hand", redirectUris: [redirectUri] });
const byHand = ["--client-id", made.clientId, "--client-secret-stdin"];

t.test("creates a second application with the first one's token, and keeps both", async (t) => {
  const { setup, read, credential } = installedPackage(t);
  const token = forgejo.controls.createAccessToken(forgejo.users[0]!.name, "write:user");
  const both = ["--public-url", "https://both.example.net", "--forgejo-url", forgejo.url, "--token-stdin"];
  await setup([...both, "--read-only"], token);
  const uri = "https://both.example.net/oauth/callback";
  const created = (await applications()).filter(({ redirect_uris: uris }) => uris.includes(uri));
  t.same(created.map(({ name }) => name).toSorted(), ["fjmcp", "fjmcp (read only)"]);
  const idOf = (name: string) => created.find((one) => one.name === name)!.client_id;
  t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_CLIENT_ID=${idOf("fjmcp")}\n`);
  t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_READ_ONLY_CLIENT_ID=${idOf("fjmcp (read only)")}\n`);
  const secret = credential("forgejo-read-only-client-secret");
  t.not(secret, credential("forgejo-client-secret"));
  t.match((await setup(both, token)).stdout, "Nothing differs");
  t.equal(credential("forgejo-read-only-client-secret"), secret);

  const moved = ["--public-url", "https://both-moved.example.net", "--token-stdin"];
  await setup(moved, token);
  const uris = [uri, "https://both-moved.example.net/oauth/callback"];
  for (const { name, redirect_uris } of await applications())
    if (redirect_uris.includes(uri)) t.same(redirect_uris, uris, name);
  t.equal((await setup(["--read-only"])).code, 64);
});

t.test("asks for the second application on a terminal, and makes none by default", async (t) => {
  const token = forgejo.controls.createAccessToken(owner.name, "write:user");
  for (const [answer, host, names] of [
    ["", "asked-no.example.net", ["fjmcp"]],
    ["y", "asked-yes.example.net", ["fjmcp", "fjmcp (read only)"]],
  ] as const) {
    const { root, read } = installedPackage(t);
    const args = ["setup", "--root", root, "--private", "--forgejo-url", forgejo.url];
    const { output, code } = await runInTerminal(
      [...args, "--public-url", `https://${host}`],
      { until: (text) => text.includes("A Forgejo token"), keys: `${token}\r` },
      { until: (text) => text.includes("Add the second application?"), keys: `${answer}\r` },
    );
    t.equal(code, 0, output);
    t.match(output, "Forgejo itself rejects the writes of connections that only read");
    t.notMatch(output, token);
    const uri = `https://${host}/oauth/callback`;
    const created = (await applications()).filter(({ redirect_uris: uris }) => uris.includes(uri));
    t.same(created.map(({ name }) => name).toSorted(), names);
    const second = created.find(({ name }) => name === "fjmcp (read only)");
    const setting = /^FJMCP_FORGEJO_READ_ONLY_CLIENT_ID=(.*)$/m.exec(read("etc/fjmcp/fjmcp.env"))?.[1];
    t.equal(setting, second?.client_id);
  }
});

t.test("asks for the ids and secrets of applications that were created by hand", async (t) => {
  const { root, read, credential } = installedPackage(t);
  const second = await forgejo.createApp({ name: "by hand, reading", redirectUris: [redirectUri] });
  const asked = (question: string) => (text: string) => text.includes(question);
  const { output, code } = await runInTerminal(
    ["setup", "--root", root, "--private", ...urls],
    { until: asked("A Forgejo token"), keys: "\r" },
    { until: asked("The client id"), keys: "  \r" },
    { until: asked("It must be one word"), keys: `\u007F\u007F${made.clientId}\r` },
    { until: asked("The client secret"), keys: `${made.clientSecret}\r` },
    { until: asked("Add the second application?"), keys: "y\r" },
    { until: asked("The client id"), keys: `${second.clientId}\r` },
    { until: asked("The client secret"), keys: `${second.clientSecret}\r` },
  );
  t.equal(code, 0, output);
  t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_CLIENT_ID=${made.clientId}\n`);
  t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_READ_ONLY_CLIENT_ID=${second.clientId}\n`);
  t.equal(credential("forgejo-client-secret"), made.clientSecret);
  t.equal(credential("forgejo-read-only-client-secret"), second.clientSecret);
});

t.test("accepts a second application that was created by hand, in a run of its own", async (t) => {
  const { setup, read, credential } = installedPackage(t);
  const second = await forgejo.createApp({ name: "reading", redirectUris: [redirectUri] });
  const readOnly = ["--read-only-client-id", second.clientId, "--client-secret-stdin"];
  t.equal((await setup([...urls, ...byHand, ...readOnly], made.clientSecret)).code, 64);
  await setup([...urls, ...byHand], made.clientSecret);
  await setup(readOnly, second.clientSecret);
  t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_CLIENT_ID=${made.clientId}\n`);
  t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_READ_ONLY_CLIENT_ID=${second.clientId}\n`);
  t.equal(credential("forgejo-read-only-client-secret"), second.clientSecret);
  t.equal(credential("forgejo-client-secret"), made.clientSecret);
});

t.test("leaves a first application alone that is not of the token's user", async (t) => {
  const { setup, read, credential } = installedPackage(t);
  await setup([...urls, ...byHand], made.clientSecret);
  const token = forgejo.controls.createAccessToken(other.name, "write:user");
  const rejected = await setup(["--token-stdin"], token);
  t.match(rejected, {
    code: 78,
    stderr: new RegExp(`no application ${made.clientId}.*\n.*of its owner`),
  });
  t.same(await applications(other), []);

  t.equal((await setup(["--read-only", "--token-stdin"], token)).code, 0);
  t.same(
    (await applications(other)).map(({ name }) => name),
    ["fjmcp (read only)"],
  );
  t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_CLIENT_ID=${made.clientId}\n`);
  t.equal(credential("forgejo-client-secret"), made.clientSecret);
});

t.test("keeps the first one's new secret when the second one fails", async (t) => {
  const { setup, read, credential } = installedPackage(t);
  const token = forgejo.controls.createAccessToken(owner.name, "write:user");
  await setup(
    ["--public-url", "https://old.example.net", ...urls.slice(2), "--token-stdin", "--read-only"],
    token,
  );
  const before = credential("forgejo-client-secret");
  const [first] = /(?<=CLIENT_ID=).+/.exec(read("etc/fjmcp/fjmcp.env"))!;
  let patches = 0;
  forgejo.controls.setFault({
    path: (path, method) => path.includes("/applications/oauth2/") && method === "PATCH" && ++patches === 2,
    mode: "503",
  });
  const moved = ["--public-url", "https://new.example.net", "--token-stdin"];
  t.equal((await setup(moved, token)).code, 78);
  forgejo.controls.clearFaults();
  t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_CLIENT_ID=${first}\n`);
  t.not(credential("forgejo-client-secret"), before);
  t.ok(await isAccepted(first, credential("forgejo-client-secret")));

  const second = credential("forgejo-read-only-client-secret");
  t.equal((await setup(moved, token)).code, 0);
  t.not(credential("forgejo-read-only-client-secret"), second);
  t.ok(await isAccepted(first, credential("forgejo-client-secret")));
});

t.test("does not take one application for the other", async (t) => {
  const { root, setup, read, credential } = installedPackage(t);
  const uri = "https://kinds.example.net/oauth/callback";
  const reading = await forgejo.createApp({ name: "reading", redirectUris: [uri] });
  const kinds = ["--public-url", "https://kinds.example.net", "--forgejo-url", forgejo.url];
  await setup([...kinds, ...byHand], made.clientSecret);
  await setup(["--read-only-client-id", reading.clientId, "--client-secret-stdin"], reading.clientSecret);
  t.equal((await setup(["--read-only-client-id", made.clientId, "--client-secret-stdin"], "x")).code, 64);
  const token = forgejo.controls.createAccessToken(owner.name, "write:user");
  const file = join(root, "etc/fjmcp/fjmcp.env");
  const secret = join(root, "etc/fjmcp/credentials/forgejo-client-secret");
  const idOf = (kind: string) =>
    new RegExp(`(?<=^FJMCP_FORGEJO_${kind}=).*`, "m").exec(read("etc/fjmcp/fjmcp.env"))![0];

  writeFileSync(file, read("etc/fjmcp/fjmcp.env").replace(/^FJMCP_FORGEJO_CLIENT_ID=.*\n/m, ""));
  rmSync(secret);
  t.equal((await setup(["--token-stdin"], token)).code, 0);
  const first = idOf("CLIENT_ID");
  t.not(first, reading.clientId);
  t.equal(idOf("READ_ONLY_CLIENT_ID"), reading.clientId);

  rmSync(secret);
  t.equal((await setup(["--token-stdin"], token)).code, 0);
  t.equal(idOf("CLIENT_ID"), first);
  t.ok(await isAccepted(first, credential("forgejo-client-secret")));
});

t.test("creates the applications anew on another Forgejo", async (t) => {
  const { setup, read } = installedPackage(t);
  await setup([...urls, ...byHand], made.clientSecret);
  const next = await startSandboxForgejo();
  t.teardown(() => next.close());
  const token = next.controls.createAccessToken(next.users[0]!.name, "write:user");
  t.equal((await setup(["--forgejo-url", next.url, "--token-stdin", "--read-only"], token)).code, 0);
  const written = read("etc/fjmcp/fjmcp.env");
  t.match(written, `FJMCP_FORGEJO_URL=${next.url}\n`);
  t.notMatch(written, made.clientId);
  t.match(written, /^FJMCP_FORGEJO_READ_ONLY_CLIENT_ID=./m);
});

t.test("rejects a token beside an application that was created by hand", async (t) => {
  const { root, setup } = installedPackage(t);
  const token = forgejo.controls.createAccessToken(owner.name, "write:user");
  const count = (await applications()).length;
  for (const option of ["--client-id", "--read-only-client-id"])
    t.equal((await setup([...urls, "--token-stdin", option, made.clientId], token)).code, 64, option);
  t.equal((await applications()).length, count);
  t.notOk(existsSync(join(root, "etc")));
});
