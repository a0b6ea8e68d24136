import {
  chmodSync,
  chownSync,
  lstatSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { installedPackage } from "../support/installed-package.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const basic = `Basic ${Buffer.from(`${forgejo.users[0]!.name}:${forgejo.users[0]!.password}`).toString("base64")}`;
const applicationsUrl = `${forgejo.url}/api/v1/user/applications/oauth2`;
const issuer = "https://mcp.example.net";
const redirectUri = `${issuer}/oauth/callback`;
const urls = ["--public-url", issuer, "--forgejo-url", forgejo.url];

interface Application {
  id: number;
  name: string;
  client_id: string;
  redirect_uris: string[];
}
const applications = async () =>
  (await (await fetch(applicationsUrl, { headers: { authorization: basic } })).json()) as Application[];

/** An application that was created by hand. */
const made = await forgejo.createApp({ name: "by hand", redirectUris: [redirectUri] });
const byHand = ["--client-id", made.clientId, "--client-secret-stdin"];

t.test(
  "writes credentials, Redis users and configuration; below another root it starts nothing",
  async (t) => {
    const { root, programs, setup, read, credential } = installedPackage(t);
    const { stdout, stderr } = await setup([...urls, ...byHand], made.clientSecret);
    t.equal(stderr, "");
    t.same(readdirSync(join(root, "etc/fjmcp/credentials")).toSorted(), [
      "cookie-key",
      "derivation-key",
      "forgejo-client-secret",
      "redis-acl",
      "redis-auth-password",
      "redis-session-password",
      "vault-key",
    ]);
    for (const name of readdirSync(join(root, "etc/fjmcp/credentials"))) {
      t.equal(statSync(join(root, "etc/fjmcp/credentials", name)).mode & 0o777, 0o600, name);
      t.notOk((stdout + stderr).includes(credential(name)), `${name} is not printed`);
    }
    t.equal(statSync(join(root, "etc/fjmcp/credentials")).mode & 0o777, 0o700);
    t.equal(credential("forgejo-client-secret"), made.clientSecret);
    t.match(credential("redis-acl"), `#${sha256Hex(credential("redis-auth-password"))}`);
    t.match(credential("redis-acl"), `#${sha256Hex(credential("redis-session-password"))}`);
    t.ok(credential("vault-key").length >= 32);
    t.equal(
      read("etc/fjmcp/fjmcp.env"),
      `# The public origin.\nFJMCP_ISSUER=${issuer}\n\nFJMCP_FORGEJO_URL=${forgejo.url}\n` +
        'FJMCP_CHILD_COMMAND="/usr/local/bin/forgejo-mcp --transport stdio --url {url}"\n' +
        `#FJMCP_LOG_LEVEL=info\nFJMCP_FORGEJO_CLIENT_ID=${made.clientId}\n`,
    );
    t.same(programs.calls(), []);
    t.match(stdout, `Only files below ${root} were written: nothing was started or checked.`);
  },
);

t.test("a second run changes nothing; a later one only what differs, and never a key", async (t) => {
  const { root, setup, read, credential } = installedPackage(t);
  await setup([...urls, ...byHand], made.clientSecret);
  const key = credential("vault-key");
  const before = statSync(join(root, "etc/fjmcp/fjmcp.env")).mtimeMs;
  const second = await setup([]);
  t.match(second.stdout, "Nothing differs: no file was changed.");
  t.equal(statSync(join(root, "etc/fjmcp/fjmcp.env")).mtimeMs, before);

  writeFileSync(join(root, "etc/fjmcp/fjmcp.env"), `${read("etc/fjmcp/fjmcp.env")}FJMCP_IDLE_SECONDS=60\n`);
  rmSync(join(root, "etc/fjmcp/credentials/redis-acl"));
  const third = await setup(["--public-url", "https://new.example.net"]);
  t.match(third.stdout, /^changed \/etc\/fjmcp\/fjmcp\.env$/m);
  t.match(third.stdout, /^created \/etc\/fjmcp\/credentials\/redis-acl$/m);
  t.match(third.stdout, "Add the redirect URI https://new.example.net/oauth/callback to the application");
  t.match(read("etc/fjmcp/fjmcp.env"), "FJMCP_IDLE_SECONDS=60");
  t.equal(credential("vault-key"), key);
});

t.test("reads the configuration as systemd does: quotes, and the last of several lines", async (t) => {
  const { root, setup, read } = installedPackage(t);
  await setup([...urls, ...byHand], made.clientSecret);
  const before = read("etc/fjmcp/fjmcp.env");
  const own = `${before}FJMCP_ISSUER='https://quoted.example.net'\n  FJMCP_FORGEJO_URL = "${forgejo.url}" \n`;
  writeFileSync(join(root, "etc/fjmcp/fjmcp.env"), own);
  const { stdout } = await setup([]);
  t.match(stdout, "Nothing differs: no file was changed.");
  t.equal(read("etc/fjmcp/fjmcp.env"), own);

  const moved = await setup(["--public-url", "https://moved.example.net"]);
  t.match(moved.stdout, "Add the redirect URI https://moved.example.net/oauth/callback");
  const changed = own.replace("'https://quoted.example.net'", "https://moved.example.net");
  t.equal(read("etc/fjmcp/fjmcp.env"), changed, "the line that counts");
});

t.test("reads URLs of the configuration as the daemons do, and rejects what they reject", async (t) => {
  const { root, setup, read } = installedPackage(t);
  await setup([...urls, ...byHand], made.clientSecret);
  const written = read("etc/fjmcp/fjmcp.env");
  const write = (text: string) => writeFileSync(join(root, "etc/fjmcp/fjmcp.env"), text);
  write(written.replace(`=${forgejo.url}\n`, `=${forgejo.url}/\n`));
  const token = forgejo.controls.createAccessToken(forgejo.users[1]!.name, "write:user");
  await setup([...urls, "--token-stdin", "--read-only"], token);
  t.match(
    read("etc/fjmcp/fjmcp.env"),
    `FJMCP_FORGEJO_CLIENT_ID=${made.clientId}\n`,
    "it is the same Forgejo: the first application stays as it is, whoever owns it",
  );

  write(written.replace(issuer, `${issuer}/`));
  t.match(await setup([]), {
    code: 78,
    stderr: /FJMCP_ISSUER in \/etc\/fjmcp\/fjmcp\.env must be an origin .*\nCorrect it there/,
  });
  await setup(["--public-url", issuer]);
  t.match(read("etc/fjmcp/fjmcp.env"), `\nFJMCP_ISSUER=${issuer}\n`, "an option replaces it");
});

t.test("leaves a configuration closed that is closed to others", async (t) => {
  const { root, setup } = installedPackage(t);
  await setup([...urls, ...byHand], made.clientSecret);
  const file = join(root, "etc/fjmcp/fjmcp.env");
  const mode = () => statSync(file).mode & 0o777;
  t.equal(mode(), 0o644);
  chmodSync(file, 0o640);
  const isRoot = process.geteuid!() === 0;
  if (isRoot) chownSync(file, 0, 1);
  t.match((await setup([])).stdout, "Nothing differs: no file was changed.");
  await setup(["--public-url", "https://closed.example.net"]);
  t.equal(mode(), 0o640);
  if (isRoot) t.equal(statSync(file).gid, 1, "its group can still read it");
  chmodSync(file, 0o666);
  await setup([]);
  t.equal(mode(), 0o644);
});

t.test("names a file that cannot be written", async (t) => {
  const { root, setup } = installedPackage(t);
  writeFileSync(join(root, "etc"), "");
  const { code, stderr } = await setup([...urls, ...byHand], made.clientSecret);
  t.equal(code, 74);
  t.match(stderr, new RegExp(`^fjmcp: E\\w+: .* '${root}/etc.*'\\n.*run the command again`));
  t.notMatch(stderr, "    at ");
});

t.test("mends links, modes and owners of what is there", async (t) => {
  const { root, setup, credential } = installedPackage(t);
  await setup([...urls, ...byHand], made.clientSecret);
  const folder = join(root, "etc/fjmcp/credentials");
  const key = credential("vault-key");
  renameSync(join(folder, "vault-key"), join(root, "elsewhere"));
  symlinkSync(join(root, "elsewhere"), join(folder, "vault-key"));
  chmodSync(folder, 0o755);
  const isRoot = process.geteuid!() === 0;
  if (isRoot) chownSync(join(folder, "cookie-key"), 1, 1);
  const { stdout } = await setup([]);
  t.match(stdout, /^changed \/etc\/fjmcp\/credentials$/m);
  t.match(stdout, /^changed \/etc\/fjmcp\/credentials\/vault-key$/m);
  t.ok(lstatSync(join(folder, "vault-key")).isFile());
  t.equal(credential("vault-key"), key);
  t.equal(statSync(folder).mode & 0o777, 0o700);
  t.equal(statSync(join(folder, "cookie-key")).uid, process.geteuid!());

  renameSync(folder, join(root, "moved"));
  symlinkSync(join(root, "moved"), folder);
  t.match(await setup([]), { code: 78, stderr: /Put a folder in the place of the symbolic link/ });
});

t.test(
  "creates the application with a token that is not kept, and one only over half-done runs",
  async (t) => {
    const { root, setup, read, credential } = installedPackage(t);
    const token = forgejo.controls.createAccessToken(forgejo.users[0]!.name, "write:user");
    const other = ["--public-url", "https://token.example.net", "--forgejo-url", forgejo.url];
    const count = (await applications()).length;
    const { stdout } = await setup([...other, "--token-stdin"], `${token}\n`);
    t.match(read("etc/fjmcp/fjmcp.env"), /^FJMCP_FORGEJO_CLIENT_ID=[\da-f-]{36}$/m);
    const created = (await applications()).find(
      ({ redirect_uris: [uri] }) => uri === "https://token.example.net/oauth/callback",
    );
    t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_CLIENT_ID=${created!.client_id}`);
    const secret = credential("forgejo-client-secret");
    t.notOk(stdout.includes(secret) || stdout.includes(token));
    t.notOk(
      readdirSync(join(root, "etc/fjmcp"), { recursive: true, withFileTypes: true }).some(
        (file) => file.isFile() && readFileSync(join(file.parentPath, file.name), "utf8").includes(token),
      ),
    );

    rmSync(join(root, "etc/fjmcp/fjmcp.env"));
    await setup([...other, "--token-stdin"], token);
    t.equal((await applications()).length, count + 1);
    t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_FORGEJO_CLIENT_ID=${created!.client_id}`);
    const renewed = credential("forgejo-client-secret");
    t.not(renewed, secret);

    const again = await setup([...other, "--token-stdin"], token);
    t.match(again.stdout, "Nothing differs");
    t.equal(credential("forgejo-client-secret"), renewed, "a stored application stays as it is");

    const headers = { authorization: basic, "content-type": "application/json" };
    const uris = ["https://more.example.net/", "https://token.example.net/oauth/callback"];
    const body = JSON.stringify({ name: "ours", redirect_uris: uris, confidential_client: true });
    await fetch(`${applicationsUrl}/${created!.id}`, { method: "PATCH", headers, body });
    await setup(["--public-url", "https://moved.example.net", "--token-stdin"], token);
    t.match(
      (await applications()).find(({ id }) => id === created!.id),
      { name: "ours", redirect_uris: [...uris, "https://moved.example.net/oauth/callback"] },
    );

    const rejected = await setup([...other, "--token-stdin"], "0123");
    t.equal(rejected.code, 78);
    t.match(
      rejected.stderr,
      /rejects the creation .*\(status 401\)\.\nThe token must be valid and have the scope write:user/,
    );
  },
);

t.test("without an application it shows what to click, and changes nothing", async (t) => {
  const { root, setup } = installedPackage(t);
  const { code, stderr } = await setup(urls);
  t.equal(code, 64);
  t.match(stderr, `Redirect URIs:     ${redirectUri}`);
  t.throws(() => statSync(join(root, "etc")));
});

t.test("replaces the secret of the application that it knows", async (t) => {
  const { setup, read, credential } = installedPackage(t);
  const secret = ["--client-secret-stdin"];
  t.match(await setup([...urls, ...secret], "secret"), { code: 64, stderr: /give --client-id/ });
  await setup([...urls, ...byHand], "an-old-secret");
  const before = read("etc/fjmcp/fjmcp.env");
  const { stdout } = await setup(secret, "a-new-secret");
  t.match(stdout, "changed /etc/fjmcp/credentials/forgejo-client-secret");
  t.equal(credential("forgejo-client-secret"), "a-new-secret");
  t.equal(read("etc/fjmcp/fjmcp.env"), before);
});

t.test("accepts no blank for a value, as that of an unset variable of the shell", async (t) => {
  const { setup, read, credential } = installedPackage(t);
  await setup([...urls, ...byHand], made.clientSecret);
  const before = read("etc/fjmcp/fjmcp.env");
  for (const option of [
    "--public-url",
    "--forgejo-url",
    "--client-id",
    "--read-only-client-id",
    "--child",
    "--child-release",
    "--child-url",
    "--child-sha256",
    "--ca-file",
  ])
    for (const value of ["", "   "]) {
      const secret = option.endsWith("client-id") ? ["--client-secret-stdin"] : [];
      const { code, stderr } = await setup([option, value, ...secret], "another-secret");
      t.match({ code, stderr }, { code: 64, stderr: new RegExp(`option '${option} .*is invalid`) });
    }
  t.equal(read("etc/fjmcp/fjmcp.env"), before);
  t.equal(credential("forgejo-client-secret"), made.clientSecret);
});

t.test("rejects what it cannot use before it changes anything", async (t) => {
  const { root, setup } = installedPackage(t);
  t.match(await setup(["--public-url", "http://mcp.example.net"]), { code: 64, stderr: /must be https/ });
  t.match(await setup([...urls, "--child", "bin/forgejo-mcp"]), { code: 64, stderr: /an absolute path/ });
  t.match(await setup([...urls, "--ca-file", "/nonexistent"]), { code: 64, stderr: /There is no such file/ });
  t.match(await setup([]), { code: 64, stderr: /Give --public-url and --forgejo-url/ });
  const blocked = ["--public-url", issuer, "--forgejo-url", "https://forgejo.example.org:10080"];
  t.match(await setup(blocked), { code: 64, stderr: /It must not use port 10080, .* listen on another one/ });
  const away = ["--public-url", issuer, "--forgejo-url", "http://127.0.0.1:2"];
  t.match(await setup([...away, ...byHand], "secret"), { code: 69, stderr: /Nothing was changed/ });
  t.match(await setup([...urls, ...byHand], "two words"), { code: 64, stderr: /more than one word/ });
  t.match(await setup([...urls, ...byHand, "--token-stdin"], "x"), { code: 64, stderr: /Only one secret/ });
  t.throws(() => statSync(join(root, "etc")));
  rmSync(join(root, "usr/share/fjmcp/fjmcp.env"));
  t.match(await setup(urls), { code: 78, stderr: /Install the package again/ });
});
