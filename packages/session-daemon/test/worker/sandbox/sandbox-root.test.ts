import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import t from "tap";
import { bubblewrap, bubblewrapMissing } from "../../support/bubblewrap.ts";
import { caller, runPool, toolText, useTool } from "../../support/run-pool.ts";

const skip = bubblewrapMissing ?? false;
const systemFiles = ["resolv.conf", "nsswitch.conf", "hosts", "localtime", "ld.so.cache"];
const systemFolders = ["ssl", "pki", "alternatives"];

/** A child in bubblewrap that reads, writes and runs what it is told; each gives one outcome per path or command. */
function inquisitiveChild(readPaths: readonly string[]) {
  const { pool } = runPool(
    t,
    { command: childCommand("hostile") },
    { sandbox: bubblewrap, readPaths: [projectRoot, ...readPaths] },
  );
  const use = async (tool: string, args: Record<string, unknown>) =>
    JSON.parse(await toolText(useTool(pool, caller(), tool, args))) as string[];
  return {
    read: (...paths: string[]) => use("read", { paths }),
    write: (...paths: string[]) => use("write", { paths }),
    run: async (...command: string[]) => (await use("run", { commands: [command] }))[0]!,
    list: async (path: string) => {
      const [listed] = await use("run", { commands: [["ls", "-A", path]] });
      return listed!.replace("exit 0: ", "").split("\n").filter(Boolean);
    },
  };
}

/** The child's program and Node are mounted at their places, and so make the folders above them. */
function containsProgram(folder: string): boolean {
  return [projectRoot, process.execPath].some((path) => path.startsWith(`${folder}/`));
}

t.test("a child sees of /etc what it needs to reach Forgejo, and no more", { skip }, async (t) => {
  const child = inquisitiveChild([]);
  const isHere = (name: string) => existsSync(join("/etc", name));
  const files = systemFiles.filter(isHere);
  t.same(new Set(await child.list("/etc")), new Set([...files, ...systemFolders.filter(isHere)]));
  t.same(await child.list("/etc/ssl"), ["certs"], "no private key of the machine");
  const contents = await child.read(...files.map((name) => join("/etc", name)));
  for (const [index, name] of files.entries()) {
    const here = readFileSync(join("/etc", name), "latin1").slice(0, 64 * 1024);
    t.ok(contents[index] === here, `${name} is the machine's`);
  }
  const absent = systemFiles.filter((name) => !isHere(name));
  if (absent.length > 0) t.comment(`this machine has no ${absent.join(", ")}`);
  t.match(await child.run("getent", "hosts", "localhost"), /^exit 0: \S+\s+localhost/, "resolves names");
  const others = ["/etc/passwd", "/etc/shadow", "/etc/fjmcp", "/etc/hostname", "/etc/machine-id", "/root"];
  const hidden = [...others, "/var/lib", "/run", "/home", "/sys"].filter((path) => !containsProgram(path));
  t.ok(hidden.length > 6, "most are looked at");
  for (const [index, outcome] of (await child.read(...hidden)).entries())
    t.equal(outcome, "ENOENT", hidden[index]!);
});

t.test("a child reads what the administrator names beside, and cannot write there", { skip }, async () => {
  const dir = temporaryDirectory(t);
  const [named, other] = [join(dir, "named"), join(dir, "other")];
  for (const file of [named, other]) writeFileSync(file, "contents");
  const child = inquisitiveChild([named]);
  t.same(await child.read(named, other), ["contents", "ENOENT"]);
  t.same(await child.write(named, join(projectRoot, "written")), ["EROFS", "EROFS"]);
  t.same(await inquisitiveChild([]).read(named), ["ENOENT"]);
});
