import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { dirname, join } from "node:path";
import t, { type Test } from "tap";
import { listenUnix } from "@fjmcp/shared/http-server/unix-listener";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { runCli } from "../support/run-cli.ts";
import { stubPrograms } from "../support/stub-programs.ts";
import type { DoctorContext } from "../../src/doctor/check.ts";
import { checkNames } from "../../src/doctor/doctor.ts";
import { socketCheck } from "../../src/doctor/unit-checks.ts";
import { memberships, sockets } from "../../src/system/units.ts";

interface Report {
  ok: boolean;
  checks: { check: string; findings: { level: string; text: string }[] }[];
}

/** A root directory with the sockets and groups of a good installation; the auth-server behind it says nothing. */
async function installation(t: Test) {
  const root = temporaryDirectory(t);
  const programs = stubPrograms(temporaryDirectory(t));
  const gid = process.getgid!();
  const groupNames = [...new Set(["fjmcp-redis", ...sockets.map(({ group }) => group)])];
  const groupFile = join(root, "etc/group");
  mkdirSync(dirname(groupFile));
  const writeGroups = (change: (line: string) => string = (line) => line) =>
    writeFileSync(
      groupFile,
      groupNames
        .map((name) => {
          const members: string[] = memberships.filter(({ group }) => group === name).map(({ user }) => user);
          if (name === "fjmcp-proxy") members.push("caddy");
          return change(`${name}:x:${gid}:${members.join(",")}`);
        })
        .join("\n"),
    );
  writeGroups();
  const servers: Server[] = [];
  for (const { path } of sockets) {
    mkdirSync(dirname(join(root, path)), { recursive: true, mode: 0o750 });
    const server = createServer((_, res) => res.writeHead(503).end());
    await listenUnix(server, join(root, path));
    servers.push(server);
  }
  t.teardown(() => servers.forEach((server) => server.close()));
  const findings = async (check: string) => {
    const { json } = await runCli(["doctor", "--root", root, "--json"], programs);
    return (json as Report).checks.find((each) => each.check === check)!.findings;
  };
  return { root, programs, findings, writeGroups };
}

t.test("with every check skipped there is nothing to report", async (t) => {
  const skipped = checkNames.flatMap((name) => ["--skip", name]);
  t.match(await runCli(["doctor", ...skipped]), {
    code: 64,
    stdout: "",
    stderr: "fjmcp: Every check is skipped.\nLeave at least one --skip out.\n",
  });
});

t.test("units: finds one that is missing, and one that has failed", async (t) => {
  const { programs, findings } = await installation(t);
  t.match(await findings("units"), [{ level: "ok" }]);
  programs.write(
    "systemctl",
    `case "$2" in
      fjmcp-redis.service) echo LoadState=not-found;;
      fjmcp-session.service) echo LoadState=loaded; echo ActiveState=failed; echo Result=exit-code;;
      *) echo LoadState=loaded; echo ActiveState=active; echo UnitFileState=disabled;;
    esac`,
  );
  t.match(await findings("units"), [
    { level: "fault", text: /fjmcp-session\.service is failed \(exit-code\): systemctl start/ },
    { level: "fault", text: /fjmcp-redis\.service is not installed .*: install the package again/ },
    { level: "warning", text: /does not start with the machine: run systemctl enable fjmcp\.target/ },
  ]);
});

t.test("units: asks for fjmcp setup where there was none, and for a start where it is stopped", async (t) => {
  const { root, programs, findings } = await installation(t);
  programs.write("systemctl", "echo LoadState=loaded; echo ActiveState=inactive");
  t.same(await findings("units"), [
    { level: "fault", text: "fjmcp was not set up on this machine: run fjmcp setup" },
  ]);
  mkdirSync(join(root, "etc/fjmcp"));
  writeFileSync(join(root, "etc/fjmcp/fjmcp.env"), "");
  const [first] = await findings("units");
  t.match(first, { level: "fault", text: /^fjmcp\.target is inactive: systemctl start fjmcp\.target/ });
});

t.test("units: blames no package where systemd does not run", async (t) => {
  const { programs, findings } = await installation(t);
  programs.write("systemctl", "echo 'System has not been booted' >&2; echo 'Host is down' >&2; exit 1");
  t.match(await findings("units"), [
    { level: "fault", text: "systemctl show fjmcp.target failed: Host is down. The commands that deal" },
  ]);
});

t.test("sockets: finds one that is missing or open to others, and a user without its group", async (t) => {
  const { root, findings, writeGroups } = await installation(t);
  t.match(await findings("sockets"), [{ level: "ok" }]);
  const admin = join(root, "run/fjmcp/auth-admin/admin.sock");
  chmodSync(admin, 0o666);
  chmodSync(join(root, "run/fjmcp/auth-ipc"), 0o755);
  chmodSync(join(root, "run/fjmcp/session-control"), 0o700);
  rmSync(join(root, "run/fjmcp/session/mcp.sock"));
  t.match(await findings("sockets"), [
    { level: "fault", text: /auth-ipc must have the group fjmcp-ipc and the mode 0750/ },
    { level: "fault", text: /admin\.sock must have the group fjmcp-admin and the mode 0660/ },
    { level: "fault", text: /mcp\.sock is not there: systemctl start fjmcp\.target/ },
    { level: "fault", text: /session-control must have the group fjmcp-control and the mode 0750/ },
  ]);
  chmodSync(join(root, "run/fjmcp/session-control"), 0o750);
  writeGroups((line) => line.replace(/fjmcp-session$/, "").replace(",caddy", ""));
  const found = (await findings("sockets")).map(({ text }) => text).join("\n");
  t.match(found, "usermod -aG fjmcp-ipc fjmcp-session");
  t.match(found, "usermod -aG fjmcp-proxy USER");
  writeGroups((line) => line.replace("fjmcp-auth,caddy", "caddy"));
  t.match(
    (await findings("sockets")).map(({ text }) => text).join("\n"),
    "usermod -aG fjmcp-proxy fjmcp-auth",
  );
  writeGroups((line) => line.replace("fjmcp-admin:", "other:"));
  t.match(await findings("sockets"), [{ text: /auth-ipc/ }, { text: /there is no group fjmcp-admin/ }]);
});

t.test("sockets: finds others in the groups of the daemons' own sockets", async (t) => {
  const { findings, writeGroups } = await installation(t);
  writeGroups((line) => line.replace(/^(fjmcp-(?:control|redis|admin|proxy):.*)$/, "$1,www-data"));
  t.match(await findings("sockets"), [
    {
      level: "warning",
      text: /^www-data is in the group fjmcp-control, which is for fjmcp-auth alone: run gpasswd/,
    },
    {
      level: "warning",
      text: /^www-data is .* fjmcp-redis, which is for fjmcp-auth and fjmcp-session alone/,
    },
  ]);
});

t.test("sockets: says of a folder that is closed to its user that root sees more", async (t) => {
  const { root } = await installation(t);
  chmodSync(root, 0o755);
  chmodSync(join(root, "run/fjmcp/auth"), 0o000);
  t.teardown(() => chmodSync(join(root, "run/fjmcp/auth"), 0o750));
  const isRoot = process.geteuid!() === 0;
  const context = { root } as DoctorContext;
  if (isRoot) process.seteuid!(65_534);
  const found = await socketCheck.run(context).finally(() => {
    if (isRoot) process.seteuid!(0);
  });
  t.match(found[0], { level: "warning", text: /auth\/http\.sock is closed to this user: run as root/ });
});

t.test("redis: finds one that does not sync each write before it confirms it", async (t) => {
  const { root, programs, findings } = await installation(t);
  const unit = readFileSync(join(projectRoot, "deploy/systemd/fjmcp-redis.service"), "utf8");
  const [, program, rest] = /^ExecStart=(\S+) ((?:.*\\\n)*.*)$/m.exec(unit)!;
  const command = `${program} ${rest!.replaceAll(/ *\\\n */g, " ")}`;
  const startedWith = (more = "") =>
    programs.write(
      "systemctl",
      `echo 'ExecStart={ path=${program} ; argv[]=${command}${more} ; ignore_errors=no ; start_time=[n/a] }'`,
    );
  const file = join(root, "usr/share/fjmcp/redis.conf");
  const configuration = readFileSync(join(projectRoot, "deploy/redis.conf"), "utf8");
  mkdirSync(dirname(file), { recursive: true });

  startedWith();
  t.match(await findings("redis"), [{ level: "warning", text: /no configuration file that can be read/ }]);
  writeFileSync(file, configuration);
  t.match(await findings("redis"), [{ level: "ok", text: /syncs each write/ }]);
  startedWith(" --appendfsync no");
  t.match(await findings("redis"), [{ level: "warning", text: /has appendfsync no: .*redis\.conf/ }]);
  startedWith();
  for (const line of [
    "appendfsync everysec",
    "# appendfsync always",
    "appendfsync always\nappendfsync everysec",
  ]) {
    writeFileSync(file, configuration.replace("appendfsync always", line));
    t.match(await findings("redis"), [{ level: "warning", text: /has appendfsync everysec: / }], line);
  }
  programs.write("systemctl", "echo LoadState=not-found");
  t.match(await findings("redis"), [{ level: "warning" }]);
});

t.test("goes on without an auth-server, and ends red", async (t) => {
  const { root, programs, findings } = await installation(t);
  const { code, stdout } = await runCli(["doctor", "--root", root], programs);
  t.equal(code, 1);
  t.match(stdout, /^FAULT {3}daemons +The auth-server gave no usable response \(status 503\)/m);
  const advice = /\(status 503\)\. Look at `fjmcp status` and `fjmcp logs --unit auth`\.$/;
  t.match(await findings("daemons"), [{ level: "fault", text: advice }]);
  t.match(stdout, /Mend the first one/);
});
