import { once } from "node:events";
import { readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createTar } from "nanotar";
import t, { type Test } from "tap";
import { createHash } from "node:crypto";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { childReleaseUrl } from "../../src/setup/child-release.ts";
import { installedPackage } from "../support/installed-package.ts";

const forgejo = await startSandboxForgejo();
t.teardown(() => forgejo.close());
const redirectUri = "https://mcp.example.net/oauth/callback";
const made = await forgejo.createApp({ name: "by hand", redirectUris: [redirectUri] });

/** Enough of an executable of Linux for this machine. */
const program = Buffer.from(readFileSync(process.execPath).subarray(0, 4096));
const foreign = Buffer.from(program);
foreign.writeUInt16LE(8, 18);
const digestOf = (content: Buffer) => createHash("sha256").update(content).digest("hex");
const archive = (files: Record<string, Buffer>) =>
  gzipSync(createTar(Object.entries(files).map(([name, data]) => ({ name, data }))));
const folder = "forgejo-mcp_2.34.1_linux_amd64";

const releases: Record<string, Buffer> = {
  program,
  longer: Buffer.concat([program, program]),
  text: Buffer.from("not a program"),
  empty: Buffer.alloc(0),
  foreign,
  archive: archive({ [`${folder}/LICENSE`]: Buffer.from("MIT"), [`${folder}/forgejo-mcp`]: program }),
  "other-name": archive({ "server-amd64": program, "README.md": Buffer.from("read me") }),
  several: archive({ "bin/one": program, "bin/two": program }),
  "several-named": archive({ "bin/one": foreign, "bin/forgejo-mcp": program }),
  "no-program": archive({ "README.md": Buffer.from("read me") }),
  "foreign-archive": archive({ "forgejo-mcp": foreign }),
  broken: archive({ "forgejo-mcp": program }).subarray(0, 40),
};
const server = createServer((req, res) => {
  if (req.url === "/cut-off") {
    res.writeHead(200, { "content-length": program.length });
    res.write(program.subarray(0, 100), () => res.destroy());
    return;
  }
  const release = releases[req.url!.slice(1)];
  if (release === undefined) res.writeHead(404).end();
  else res.end(release);
});
server.listen(0, "127.0.0.1");
await once(server, "listening");
t.teardown(() => server.close());
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

/** A machine without forgejo-mcp, and `fjmcp setup` with further arguments on it. */
function machine(t: Test) {
  const { setup, ...rest } = installedPackage(t, { withChild: false });
  const known = ["--public-url", "https://mcp.example.net", "--forgejo-url", forgejo.url];
  const byHand = ["--client-id", made.clientId, "--client-secret-stdin"];
  const run = (...args: string[]) => setup([...known, ...byHand, ...args], made.clientSecret);
  return {
    ...rest,
    setup: (...args: string[]) => setup([...known, ...args], "a-token"),
    run,
    install: (name: string, ...args: string[]) => run("--child-url", `${origin}/${name}`, ...args),
  };
}

for (const name of ["program", "archive", "other-name", "several-named"]) {
  t.test(`installs the program of a release (${name}), if its digest is right`, async (t) => {
    const { root, install, read } = machine(t);
    const digest = digestOf(releases[name]!);
    t.match(await install(name), { code: 64, stderr: new RegExp(`SHA-256 ${digest}.*--child-sha256`, "s") });
    t.match(await install(name, "--child-sha256", "0".repeat(64)), { code: 78, stderr: /not the one/ });
    t.throws(() => statSync(join(root, "etc")), "nothing was changed so far");
    await install(name, "--child-sha256", digest);
    const installed = join(root, "usr/local/bin/forgejo-mcp");
    t.ok(readFileSync(installed).equals(program));
    t.equal(statSync(installed).mode & 0o777, 0o755);
    t.match(read("etc/fjmcp/fjmcp.env"), 'FJMCP_CHILD_COMMAND="/usr/local/bin/forgejo-mcp ');
    t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_CHILD_SHA256=${digestOf(program)}\n`, "of the program");
    t.match(await install(name, "--child-sha256", digest), { stdout: /Nothing differs/ });
  });
}

t.test("accepts one way to an MCP server, and a digest for a download only", async (t) => {
  const { run, read } = machine(t);
  await run("--child", "/usr/bin/forgejo-mcp");
  const before = read("etc/fjmcp/fjmcp.env");
  const [child, release, url] = [
    ["--child", "/usr/bin/other"],
    ["--child-release", "1"],
    ["--child-url", `${origin}/program`],
  ] as const;
  for (const both of [
    [...child, ...release],
    [...child, ...url],
    [...release, ...url],
  ])
    t.match(await run(...both), { code: 64, stderr: /one of --child, --child-release and --child-url/ });
  const digest = ["--child-sha256", digestOf(program)];
  for (const alone of [digest, [...child, ...digest]])
    t.match(await run(...alone), { code: 64, stderr: /with --child-release or --child-url/ });
  t.equal(read("etc/fjmcp/fjmcp.env"), before);
});

t.test("installs nothing when the application cannot be made", async (t) => {
  const { root, setup, install } = machine(t);
  const url = ["--child-url", `${origin}/archive`, "--child-sha256", digestOf(releases.archive!)];
  t.match(await setup(...url), {
    code: 64,
    stderr: /There is no application in Forgejo yet\. Nothing was changed/,
  });
  t.throws(() => statSync(join(root, "usr/local/bin/forgejo-mcp")));

  await install("longer", "--child-sha256", digestOf(releases.longer!));
  t.match(await setup(...url, "--token-stdin"), { code: 78, stderr: /status 401/ });
  const installed = readFileSync(join(root, "usr/local/bin/forgejo-mcp"));
  t.ok(installed.equals(releases.longer!), "the program of the running installation, whose digest is pinned");
});

t.test("rejects what is no release for this machine, and installs nothing", async (t) => {
  const { root, install } = machine(t);
  const faults = {
    none: [69, /status 404/],
    "cut-off": [69, /^fjmcp: http\S+ cannot be downloaded \(other side closed\)\.$/m],
    text: [78, /neither an executable of Linux nor a \.tar\.gz/],
    empty: [78, /neither an executable/],
    foreign: [78, /another architecture/],
    several: [78, /has 2 executables/],
    "no-program": [78, /has 0 executables/],
    "foreign-archive": [78, /another architecture/],
    broken: [78, /cannot be unpacked/],
  } as const;
  for (const [name, [code, stderr]] of Object.entries(faults))
    t.match(await install(name, "--child-sha256", "0".repeat(64)), { code, stderr }, name);
  t.throws(() => statSync(join(root, "etc")));
});

t.test("without a program it names the release that it can install", async (t) => {
  const { run } = machine(t);
  t.match(await run(), { code: 78, stderr: /There is no forgejo-mcp.*--child-release.*2\.34\.1/s });
});

t.test("the default release is the archive for this architecture", (t) => {
  const goName = { x64: "amd64", arm64: "arm64" }[process.arch as "x64"];
  t.match(childReleaseUrl("2.34.1"), `/v2.34.1/forgejo-mcp_2.34.1_linux_${goName}.tar.gz`);
  t.equal(childReleaseUrl("v2.34.1"), childReleaseUrl("2.34.1"));
  t.end();
});

t.test("another program than the pinned one loses the pin", async (t) => {
  const { install, read, run } = machine(t);
  await install("program", "--child-sha256", digestOf(program));
  await run("--child", "/usr/local/bin/forgejo-mcp");
  t.match(read("etc/fjmcp/fjmcp.env"), `FJMCP_CHILD_SHA256=${digestOf(program)}\n`, "of the same program");
  await run("--child", "/usr/bin/other");
  t.match(read("etc/fjmcp/fjmcp.env"), "FJMCP_CHILD_SHA256=\n", "another program has another digest");
});
