import { Argument, type Command } from "commander";
import {
  adminPaths,
  adminSessionsResponse,
  endOneResponse,
  type AdminSession,
} from "@fjmcp/shared/ipc/admin";
import { clientText, userText } from "../admin/owner-text.ts";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { requireConfirmation } from "../terminal/confirm.ts";
import { formatTime } from "../terminal/times.ts";
import { adminClient, example } from "./common-options.ts";
import { endCommand, reportEnd, type EndOptions } from "./end-command.ts";
import { addListCommand } from "./list-command.ts";

/** `fjmcp sessions`. */
export function addSessionsCommand(program: Command): void {
  const sessions = program.command("sessions").description("MCP sessions; end one");
  addListCommand<AdminSession>(sessions, {
    things: "sessions",
    byUser: true,
    columns: [
      { title: "SESSION", text: ({ sessionRef }) => sessionRef },
      { title: "USER", text: userText },
      { title: "CLIENT", text: clientText },
      {
        title: "PROGRAM",
        text: ({ clientName, clientVersion }) => `${clientName} ${clientVersion}`.trim() || "-",
      },
      { title: "MCP", text: ({ protocolVersion }) => protocolVersion },
      { title: "SINCE (UTC)", text: ({ createdAtSec }) => formatTime(createdAtSec) },
    ],
    async fetch(client, query) {
      const { sessions, ...rest } = await client.passOn(
        `${adminPaths.sessions}?${query.toString()}`,
        adminSessionsResponse,
      );
      return { rows: sessions, ...rest };
    },
  });
  endCommand(
    sessions,
    new Argument("<session>"),
    "end a session; its client opens a new one, and stays connected",
  )
    .addHelpText("after", example("fjmcp sessions end 0b7c4de1a9f2"))
    .action(async (sessionRef: string, options: EndOptions) => {
      await requireConfirmation(`End session ${sessionRef}?`, options.yes);
      const { ended } = await adminClient(options).passOn(adminPaths.endSession, endOneResponse, {
        sessionRef,
      });
      if (ended === 0)
        throw new CommandError(
          exitCodes.notFound,
          `There is no session ${sessionRef}.`,
          "`fjmcp sessions --all` lists them.",
        );
      reportEnd(options, { sessionRef, ended }, `Ended session ${sessionRef}.`);
    });
}
