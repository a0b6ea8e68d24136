import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Test } from "tap";
import { giteaMcp } from "@fjmcp/testkit/children/child-command";
import { startSandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { freePort } from "@fjmcp/testkit/process/free-port";
import { sandboxAccess } from "@fjmcp/testkit/stack/sandbox-access";
import { startStack } from "@fjmcp/testkit/stack/stack";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import { checkNames } from "../../src/doctor/doctor.ts";
import { runCli } from "./run-cli.ts";
import { stubPrograms } from "./stub-programs.ts";

export interface DoctorReport {
  readonly ok: boolean;
  readonly checks: readonly {
    readonly check: string;
    readonly findings: readonly { readonly level: string; readonly text: string }[];
  }[];
}

const skipping = (names: readonly string[]) => names.flatMap((name) => ["--skip", name]);
/** What needs an installation by systemd. */
const localChecks = ["units", "sockets", "redis"];

/**
 * Both daemons with Redis and a sandbox Forgejo, for a public name `https://localhost:PORT` behind which nothing listens,
 * and `fjmcp doctor` to look at them. The MCP server is npm's gitea-mcp, started by a script that tests can change.
 */
export async function startDoctorStack(t: Test) {
  const forgejo = await startSandboxForgejo();
  t.teardown(() => forgejo.close());
  const programs = stubPrograms(temporaryDirectory(t));
  const issuer = `https://localhost:${await freePort()}`;
  const listen = `127.0.0.1:${await freePort()}`;
  const script = join(temporaryDirectory(t), "child");
  const child = giteaMcp();
  const writeChild = (command: string) => writeFileSync(script, `#!/bin/sh\n${command}\n`, { mode: 0o755 });
  const restoreChild = () => writeChild(`exec ${child.command}`);
  restoreChild();
  const stack = await startStack({
    issuer,
    listen,
    forgejo: sandboxAccess(forgejo),
    child: { ...child, command: script },
    // The script starts another program: the sandbox would not show it that, nor the limits suit Node.
    sessionDaemon: { FJMCP_SANDBOX: "none", FJMCP_CHILD_MEMORY_MIB: "1024" },
  });
  t.teardown(() => stack.close());

  const doctor = (...flags: string[]) =>
    runCli(
      ["doctor", "--private", "--socket", stack.sockets.admin, ...skipping(localChecks), ...flags],
      programs,
    );
  return {
    forgejo,
    stack,
    issuer,
    listen,
    /** The command line of the real MCP server. */
    childCommand: child.command,
    writeChild,
    restoreChild,
    doctor,
    report: async (...flags: string[]) => {
      const { json } = await doctor("--json", ...flags);
      const { ok, checks } = json as DoctorReport;
      return { ok, of: (name: string) => checks.find(({ check }) => check === name)?.findings };
    },
  };
}

/** The flags that leave all checks but these out. */
export function only(...names: string[]): string[] {
  return skipping(checkNames.filter((each) => !names.includes(each)));
}
