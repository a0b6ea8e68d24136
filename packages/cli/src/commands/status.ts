import type { Command } from "commander";
import type { ComponentHealth } from "@fjmcp/shared/component-health";
import { adminPaths, adminStatusResponse, type AdminStatusResponse } from "@fjmcp/shared/ipc/admin";
import { version } from "@fjmcp/shared/version";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { note, print, printJson } from "../terminal/output.ts";
import { formatTable } from "../terminal/table.ts";
import { adminClient, example, jsonOption, withSocket, type SocketOptions } from "./common-options.ts";

interface StatusOptions extends SocketOptions {
  readonly json: boolean;
}

/** `fjmcp status`. */
export function addStatusCommand(program: Command): void {
  withSocket(program.command("status"))
    .description("whether both daemons and what they need are well")
    .addOption(jsonOption())
    .addHelpText("after", example("fjmcp status || fjmcp doctor"))
    .action(async (options: StatusOptions) => {
      const status = await adminClient(options).call(adminPaths.status, adminStatusResponse);
      if (options.json) printJson(status);
      else print(statusText(status));
      const { authServer, sessionDaemon } = status;
      const isWell =
        authServer.status === "ok" && sessionDaemon.status === "ok" && sessionDaemon.response.status === "ok";
      if (!isWell) process.exitCode = exitCodes.unwell;
    });
}

/** `fjmcp version`. */
export function addVersionCommand(program: Command): void {
  withSocket(program.command("version"))
    .description("the versions of the command line and of the running daemons")
    .addOption(jsonOption())
    .addHelpText("after", example("fjmcp version --json"))
    .action(async (options: StatusOptions) => {
      const status = await adminClient(options)
        .call(adminPaths.status, adminStatusResponse)
        .catch((error: unknown) => {
          if (!(error instanceof CommandError)) throw error;
          note(`fjmcp: ${error.message}\n${error.advice}`);
          return undefined;
        });
      if (status?.sessionDaemon.status === "away") note(`fjmcp: ${status.sessionDaemon.reason}.`);
      const versions = {
        fjmcp: version,
        authServer: status?.authServer.version,
        sessionDaemon:
          status?.sessionDaemon.status === "ok" ? status.sessionDaemon.response.version : undefined,
      };
      if (options.json) return printJson(versions);
      return print(
        `fjmcp ${versions.fjmcp}\nauth-server ${versions.authServer ?? "unknown"}\nsession-daemon ${versions.sessionDaemon ?? "unknown"}`,
      );
    });
}

function statusText({ authServer, sessionDaemon }: AdminStatusResponse): string {
  const rows: { part: string; health: ComponentHealth }[] = [
    { part: "auth-server → Redis", health: authServer.redis },
    { part: "auth-server → Forgejo", health: authServer.forgejo },
    { part: "auth-server → session-daemon", health: authServer.sessionDaemon },
  ];
  if (sessionDaemon.status === "ok") {
    const { redis, forgejo, authServer: peer } = sessionDaemon.response;
    rows.push(
      { part: "session-daemon → Redis", health: redis },
      { part: "session-daemon → Forgejo", health: forgejo },
      { part: "session-daemon → auth-server", health: peer },
    );
  }
  const table = formatTable(rows, [
    { title: "PART", text: ({ part }) => part },
    { title: "STATUS", text: ({ health }) => health.status },
    { title: "REASON", text: ({ health }) => health.reason ?? "" },
  ]);
  return `${authServer.issuer}, version ${authServer.version}\n\n${table}\n${loadText(sessionDaemon)}`;
}

function loadText(sessionDaemon: AdminStatusResponse["sessionDaemon"]): string {
  if (sessionDaemon.status === "away") return `Workers unknown: ${sessionDaemon.reason}.`;
  const { workers, streams } = sessionDaemon.response;
  return `Workers: ${workers.live} live, ${workers.idle} idle, ${workers.waiting} calls waiting. Event streams: ${streams}.`;
}
