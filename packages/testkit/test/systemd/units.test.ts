import { spawnSync } from "node:child_process";
import { cpSync, existsSync, globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { BlockList, isIPv6 } from "node:net";
import { basename, dirname, join } from "node:path";
import t from "tap";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { projectRoot } from "../../src/process/project-root.ts";
import { temporaryDirectory } from "../../src/temporary-directory.ts";

const folder = join(projectRoot, "deploy/systemd");
const units = globSync(join(folder, "*.{service,socket,target}")).map((file) => basename(file));
const read = (name: string) => readFileSync(join(folder, name), "utf8");
const skip = (program: string) => (findExecutable(program) === undefined ? `no ${program} on PATH` : false);

/** The highest exposure of `systemd-analyze security`, from 0 (best) to 10, times ten. */
const exposure = { "fjmcp-auth": 11, "fjmcp-redis": 10, "fjmcp-session": 20 };

t.test("systemd finds no fault in the units", { skip: skip("systemd-analyze") }, async (t) => {
  // A root of its own: only these units and the programs that they start.
  const root = temporaryDirectory(t);
  const system = join(root, "usr/lib/systemd/system");
  cpSync(folder, system, { recursive: true });
  const targets = ["sysinit", "basic", "sockets", "shutdown", "multi-user", "network-online"];
  for (const name of targets) writeFileSync(join(system, `${name}.target`), "[Unit]\nDescription=x\n");
  mkdirSync(join(root, "usr/lib/fjmcp"), { recursive: true });
  for (const name of ["node", "redis-server", "with-notify-socket"])
    writeFileSync(join(root, "usr/lib/fjmcp", name), "#!/bin/sh\n", { mode: 0o755 });
  const verified = spawnSync(
    "systemd-analyze",
    ["verify", "--man=no", "--recursive-errors=yes", `--root=${root}`, ...units],
    { encoding: "utf8" },
  );
  t.match(verified, { status: 0, stdout: "", stderr: "" });
});

for (const [unit, most] of Object.entries(exposure)) {
  t.test(
    `the exposure of ${unit}.service is at most ${most / 10}`,
    { skip: skip("systemd-analyze") },
    async (t) => {
      const analysed = spawnSync(
        "systemd-analyze",
        ["security", "--offline=yes", `--threshold=${most}`, join(folder, `${unit}.service`)],
        { encoding: "utf8" },
      );
      t.equal(analysed.status, 0, analysed.stdout.split("\n").at(-2) ?? analysed.stderr);
    },
  );
}

t.test("each socket has a directory and a name of its own, and the group that is documented", async (t) => {
  const sockets = units.filter((name) => name.endsWith(".socket"));
  const values = (key: string) =>
    sockets.map((name) => new RegExp(`^${key}=(.*)$`, "m").exec(read(name))?.[1] ?? "");
  t.equal(sockets.length, 5);
  t.same(new Set(values("FileDescriptorName")), new Set(["admin", "control", "http", "ipc", "mcp"]));
  const paths = values("ListenStream");
  const directories = paths.map((path) => dirname(path));
  t.equal(new Set(directories).size, sockets.length, "no directory has two sockets");
  const rows = [...read("fjmcp.tmpfiles").matchAll(/^d (\S+) +0750 root +(\S+)/gm)];
  const groups = new Map(rows.map(([, path, group]) => [path!, group!]));
  const operations = readFileSync(join(projectRoot, "docs/setup/operations.md"), "utf8");
  for (const [index, path] of paths.entries()) {
    const group = values("SocketGroup")[index]!;
    t.equal(group, groups.get(directories[index]!), path);
    t.match(operations, new RegExp(`^\\| \`${path}\` +\\| \`${group}\` +\\|`, "m"), `operations.md: ${path}`);
  }
  t.same(new Set(values("SocketMode")), new Set(["0660"]));
  for (const name of sockets) {
    const service = /^Service=(.*)$/m.exec(read(name))![1]!;
    t.match(read(service), new RegExp(`^Sockets=.*\\b${name.replace(".", "\\.")}\\b`, "m"), name);
  }
});

t.test("the uncovered /proc is in a directory that only root enters", async (t) => {
  const path = /^BindPaths=\/proc:(.*)\/proc:norbind$/m.exec(read("fjmcp-session.service"))![1]!;
  t.match(read("fjmcp.tmpfiles"), new RegExp(`^d ${path} +0700 root +root`, "m"));
});

t.test("of the cgroups the session-daemon may write to its own alone", async (t) => {
  const unit = read("fjmcp-session.service");
  const [, cgroup, path] = /^BindPaths=-\/sys\/fs\/cgroup\/(\S+?):(\S+):norbind$/m.exec(unit)!;
  t.equal(cgroup, `${/^Slice=(.*)$/m.exec(unit)![1]!}/%n`);
  t.match(read("fjmcp.tmpfiles"), new RegExp(`^d ${path} +0755 root +root`, "m"));
});

t.test("the generator allows the bubblewrap of the dpkg trigger what the unit forbids", async (t) => {
  const triggers = readFileSync(join(projectRoot, "deploy/debian/control/triggers"), "utf8");
  const [, bwrap] = /^interest-noawait (\S+\/bwrap)$/m.exec(triggers)!;
  for (const [version, isRelaxed] of [
    ["bubblewrap 0.8.0", false],
    ["bubblewrap 0.11.0", true],
    ["bubblewrap 0.12.1", true],
    ["bubblewrap 1.8.0", true],
  ] as const) {
    const dir = t.testdir({ bin: {}, normal: {}, elsewhere: {} });
    const program = (path: string, output: string) =>
      writeFileSync(join(dir, path), `#!/bin/sh\necho ${output}\n`, { mode: 0o755 });
    program("bin/bwrap", version);
    program("elsewhere/bwrap", isRelaxed ? "bubblewrap 0.8.0" : "bubblewrap 0.12.1");
    const script = read("fjmcp.generator").replaceAll(bwrap!, join(dir, "bin/bwrap"));
    const env = { PATH: `${join(dir, "elsewhere")}:/usr/bin:/bin` };
    const run = ["-c", script, "fjmcp", join(dir, "normal")];
    const result = spawnSync("/bin/sh", run, { env, encoding: "utf8" });
    t.same([result.status, result.stderr], [0, ""], version);
    const dropIn = join(dir, "normal/fjmcp-session.service.d/bubblewrap.conf");
    t.equal(existsSync(dropIn), isRelaxed, version);
    if (isRelaxed) t.equal(readFileSync(dropIn, "utf8"), "[Service]\nRestrictSUIDSGID=no\n");
  }
  t.match(read("fjmcp-session.service"), /^RestrictSUIDSGID=yes$/m);
  const [, path = ""] = /^Environment=PATH=(.*)$/m.exec(read("fjmcp-session.service")) ?? [];
  const folders = path.split(":");
  t.ok(
    folders.indexOf("/usr/local/bin") > folders.indexOf(dirname(bwrap!)),
    "the service finds it first, too",
  );
  t.ok(folders.includes(dirname(bwrap!)));
});

t.test(
  "the session-daemon and its workers reach no link-local address and no metadata service",
  async (t) => {
    const [, list = ""] = /^IPAddressDeny=(.*)$/m.exec(read("fjmcp-session.service")) ?? [];
    const denied = blockOf(list.split(" "));
    for (const address of ["169.254.169.254", "169.254.0.1", "fe80::1", "fd00:ec2::254", "100.100.100.200"])
      t.ok(denied.check(address, isIPv6(address) ? "ipv6" : "ipv4"), address);
    t.notOk(denied.check("203.0.113.1"), "Forgejo's may be any other");
    t.notMatch(read("fjmcp-session.service"), /^IPAddressAllow=/m, "which would have precedence");
  },
);

t.test("a unit loads the credential that each file of its daemon's settings defaults to", async (t) => {
  const reference = readFileSync(join(projectRoot, "docs/reference/configuration.md"), "utf8");
  const settings = [...reference.matchAll(/^\| `(FJMCP_\w+_FILE)` .* credential `(.*)` +\| (\S+) +\|$/gm)];
  t.ok(settings.length > 8, "the settings were found");
  for (const [unit, daemon] of [
    ["fjmcp-auth.service", "auth-server"],
    ["fjmcp-session.service", "session-daemon"],
  ] as const) {
    const loaded = [...read(unit).matchAll(/^LoadCredential=(.*)$/gm)].map(([, value]) => value!);
    const own = settings.filter(([, , , by]) => by === daemon);
    const expected = own.map(([, , name]) => `${name}:/etc/fjmcp/credentials/${name}`);
    t.same(loaded.toSorted(), expected.toSorted(), unit);
  }
});

t.test("a file that need not be there has a blank credential in its place", async (t) => {
  const blank = [...read("fjmcp-auth.service").matchAll(/^SetCredential=(.*):\\n$/gm)].map(
    ([, name]) => name!,
  );
  t.same(blank.toSorted(), ["client-documents", "forgejo-read-only-client-secret", "logo", "logo-dark"]);
});

t.test("a stop has time to drain: more than the daemons' longest", async (t) => {
  const seconds = (unit: string) => Number(/^TimeoutStopSec=(\d+)$/m.exec(read(unit))![1]);
  t.ok(seconds("fjmcp-auth.service") > 62, "FJMCP_FORGEJO_TIMEOUT_SECONDS is at most 60");
  t.ok(seconds("fjmcp-session.service") > 6);
});

const needsRoot = process.getuid?.() === 0 ? false : "needs root";
const unusable = skip("systemd-sysusers") || skip("systemd-tmpfiles") || needsRoot;
t.test("sysusers and tmpfiles create what the units name", { skip: unusable }, async (t) => {
  const root = temporaryDirectory(t);
  mkdirSync(join(root, "etc"));
  const run = (program: string, file: string, ...more: string[]) =>
    spawnSync(program, [`--root=${root}`, ...more, join(folder, file)], { encoding: "utf8" });
  t.match(run("systemd-sysusers", "fjmcp.sysusers"), { status: 0, stderr: /Creating/ });
  t.match(run("systemd-tmpfiles", "fjmcp.tmpfiles", "--create"), { status: 0, stderr: "" });
  const groups = readFileSync(join(root, "etc/group"), "utf8");
  for (const unit of units) {
    for (const [, name] of read(unit).matchAll(/^(?:User|Group|SocketGroup)=(fjmcp-.*)$/gm)) {
      t.match(groups, new RegExp(`^${name}:`, "m"), `${unit}: ${name}`);
    }
  }
  t.match(groups, /^fjmcp-redis:.*fjmcp-auth,fjmcp-session$/m);
});

/** Of addresses and of networks in CIDR notation. */
function blockOf(addresses: readonly string[]): BlockList {
  const list = new BlockList();
  for (const each of addresses) {
    const [address = "", prefix] = each.split("/");
    const family = isIPv6(address) ? "ipv6" : "ipv4";
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
