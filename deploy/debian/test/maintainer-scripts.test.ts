import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";

const programs = ["systemd-sysusers", "systemd-tmpfiles", "systemctl", "deb-systemd-invoke"];

/** Runs a maintainer script on a machine with systemd, where `deb-systemd-invoke` is the shell script `invoke`. */
function run(t: Test, name: string, args: readonly string[], invoke = "") {
  const dir = temporaryDirectory(t);
  const log = join(dir, "calls");
  mkdirSync(join(dir, "booted"));
  for (const program of programs) {
    const body = program === "deb-systemd-invoke" ? invoke : "";
    writeFileSync(join(dir, program), `#!/bin/sh\necho ${program} "$@" >> ${log}\n${body}\n`, {
      mode: 0o755,
    });
  }
  const file = join(projectRoot, "deploy/debian/control", name);
  const script = readFileSync(file, "utf8")
    .replaceAll("/run/systemd/system", join(dir, "booted"))
    .replace(/^start_timeout=\d+$/m, "start_timeout=1");
  const env = { PATH: `${dir}:/usr/bin:/bin` };
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script, name, ...args], {
    env,
    encoding: "utf8",
  });
  const calls = existsSync(log) ? readFileSync(log, "utf8").trimEnd().split("\n") : [];
  return { status, stdout, stderr, invoked: calls.filter((call) => call.startsWith("deb-systemd-invoke")) };
}

const restarts = ["redis", "auth", "session"].map(
  (name) => `deb-systemd-invoke try-restart fjmcp-${name}.service`,
);

t.test("a first installation starts nothing, an upgrade restarts the services in order", async (t) => {
  t.match(run(t, "postinst", ["configure", ""]), { status: 0, stdout: /Next: fjmcp setup/, invoked: [] });
  const upgraded = run(t, "postinst", ["configure", "0.1.0"]);
  t.match(upgraded, { status: 0, stdout: "", stderr: "" });
  t.same(upgraded.invoked, ["deb-systemd-invoke start fjmcp.target", ...restarts]);
});

t.test("a service that does not start, or waits, does not leave the package half configured", async (t) => {
  for (const trouble of ["exit 1", "exec sleep 60"]) {
    const invoke = `case "$2" in fjmcp-auth.service) ${trouble};; esac`;
    const { status, stderr, invoked } = run(t, "postinst", ["configure", "0.1.0"], invoke);
    t.equal(status, 0, trouble);
    t.match(stderr, /^fjmcp: fjmcp-auth\.service does not run yet: .*journalctl -u fjmcp-auth\.service\n$/);
    t.same(invoked.slice(1), restarts, "the others are restarted");
  }
  const triggered = run(t, "postinst", ["triggered", "/usr/bin/bwrap"], "exit 1");
  t.match(triggered, { status: 0, stderr: /fjmcp-session\.service does not run yet/ });
});
