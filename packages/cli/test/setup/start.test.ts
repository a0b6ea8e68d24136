import { chmodSync, cpSync, mkdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { projectRoot } from "@fjmcp/testkit/process/project-root";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { requireTrustedProgram } from "../../src/setup/child-program.ts";
import { InstallationFiles } from "../../src/setup/installation-files.ts";
import { proxyInstructions } from "../../src/setup/proxy.ts";
import { startInstallation } from "../../src/setup/setup.ts";
import { stubPrograms } from "../support/stub-programs.ts";

/** A configured installation on a machine whose `systemctl show` prints `lines`. */
function installation(t: Test, lines: readonly string[] = []) {
  const root = temporaryDirectory(t);
  const programs = stubPrograms(temporaryDirectory(t));
  mkdirSync(join(root, "etc/fjmcp/credentials"), { recursive: true });
  writeFileSync(join(root, "etc/fjmcp/fjmcp.env"), "");
  writeFileSync(join(root, "etc/fjmcp/credentials/vault-key"), "");
  const path = process.env.PATH;
  process.env.PATH = `${programs.path}:${path}`;
  t.teardown(() => (process.env.PATH = path));
  if (lines.length > 0) programs.write("systemctl", lines.map((line) => `echo '${line}'`).join("\n"));
  const commands = () => programs.calls().filter((call) => !call.startsWith("systemctl show"));
  return { root, programs, commands, files: new InstallationFiles(root, () => undefined) };
}

const startOnly = [
  "systemctl daemon-reload",
  "systemctl enable fjmcp.target",
  "systemctl start --no-block fjmcp.target",
];
const restart = "systemctl restart --no-block fjmcp-auth.service fjmcp-session.service fjmcp-redis.service";

t.test("starts the target without waiting inside systemctl, and restarts what has changed", async (t) => {
  const { files, commands } = installation(t);
  t.same(await startInstallation(files, false), { change: "unchanged", waiting: [] });
  t.same(commands(), startOnly);
  t.same(await startInstallation(files, true), { change: "restarted", waiting: [] });
  t.equal(commands().at(-1), restart);
});

t.test("names what has failed", async (t) => {
  const { files } = installation(t, ["ActiveState=failed"]);
  t.match(await startInstallation(files, true), {
    change: "started",
    waiting: ["fjmcp-auth.service", "fjmcp-session.service", "fjmcp-redis.service"],
  });
});

t.test("waits for a queued restart", async (t) => {
  const { root, files, programs } = installation(t);
  const seen = join(root, "seen");
  programs.write(
    "systemctl",
    `echo ActiveState=active; case "$*" in *Job*) [ -e ${seen} ] || { touch ${seen}; echo Job=7; };; esac`,
  );
  t.same(await startInstallation(files, true), { change: "restarted", waiting: [] });
  const polls = programs.calls().filter((call) => call.includes("--property=Job")).length;
  t.ok(polls > 3, "it has asked again");
});

t.test("restarts what is older than a file that an interrupted run has written", async (t) => {
  const { root, files, commands } = installation(t, [
    "ActiveState=active",
    "ExecMainStartTimestamp=Thu 2026-11-26 04:26:50.500000 UTC",
  ]);
  const startedSec = Date.UTC(2026, 10, 26, 4, 26, 50) / 1000 + 0.5;
  const written = (sec: number) => {
    utimesSync(join(root, "etc/fjmcp/fjmcp.env"), startedSec - 9, startedSec - 9);
    utimesSync(join(root, "etc/fjmcp/credentials/vault-key"), sec, sec);
  };
  written(startedSec - 0.1);
  t.same(await startInstallation(files, false), { change: "unchanged", waiting: [] });
  written(startedSec + 0.1);
  t.same(await startInstallation(files, false), { change: "restarted", waiting: [] });
  t.equal(commands().at(-1), restart);
});

t.test("shows the recipe of the proxy that runs", async (t) => {
  const { root, files, programs } = installation(t);
  cpSync(join(projectRoot, "deploy/proxy"), join(root, "usr/share/fjmcp/proxy"), { recursive: true });
  const text = await proxyInstructions(files, "https://mcp.example.net");
  t.match(text, "Caddy runs on this machine");
  t.match(text, "usermod -aG fjmcp-proxy caddy\n");
  t.match(text, "/usr/share/fjmcp/proxy/Caddyfile.options\n  systemctl restart caddy.service");
  t.match(text, "\n{$FJMCP_HOST:mcp.example.net} {\n");
  t.match(
    await proxyInstructions(files, "https://mcp.example.net:8443"),
    "\n{$FJMCP_HOST:mcp.example.net:8443} {\n",
  );
  programs.write("systemctl", 'case "$*" in *nginx*) echo ActiveState=active ;; esac');
  const nginx = await proxyInstructions(files, "https://mcp.example.net:8443");
  for (const line of [
    "\tlisten 8443 ssl http2;\n",
    "\tlisten [::]:8443 ssl http2;\n",
    "\tserver_name mcp.example.net;\n",
    "\tssl_certificate /etc/letsencrypt/live/mcp.example.net/fullchain.pem;\n",
  ])
    t.match(nginx, line);
  programs.write("systemctl", 'case "$*" in *apache2*) echo ActiveState=active ;; esac');
  const apache = await proxyInstructions(files, "https://mcp.example.net:8443");
  t.match(apache, "\n\nListen 8443\n\n");
  t.match(apache, "\n<VirtualHost *:8443>\n");
});

t.test("trusts a program only where root alone can write", async (t) => {
  await requireTrustedProgram("/usr/bin/env");
  const program = join(temporaryDirectory(t), "forgejo-mcp");
  await t.rejects(requireTrustedProgram(program), { message: /it is not there/ });
  writeFileSync(program, "");
  chmodSync(program, 0o755);
  await t.rejects(requireTrustedProgram(program), {
    message: /writable by others than root|does not belong to root/,
    advice: /chown root:root, chmod go-w/,
  });
  for (const path of ["/usr/bin", "/etc/passwd"])
    await t.rejects(requireTrustedProgram(path), { message: /it is not an executable file/ }, path);
});
