import { Argument, type Command } from "commander";
import { grantRef } from "@fjmcp/shared/grant-ref";
import { grantIdSchema } from "@fjmcp/shared/ids";
import { adminPaths, adminWorkersResponse, endOneResponse, type AdminWorker } from "@fjmcp/shared/ipc/admin";
import { clientText, userText } from "../admin/owner-text.ts";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { requireConfirmation } from "../terminal/confirm.ts";
import { formatMemory } from "../terminal/sizes.ts";
import { formatTime } from "../terminal/times.ts";
import { adminClient, example, positiveNumber } from "./common-options.ts";
import { endCommand, reportEnd, type EndOptions } from "./end-command.ts";
import { addListCommand } from "./list-command.ts";

/** `fjmcp workers`. */
export function addWorkersCommand(program: Command): void {
  const workers = program.command("workers").description("the processes that serve users; end one");
  addListCommand<AdminWorker>(workers, {
    things: "workers",
    byUser: true,
    columns: [
      { title: "PID", text: ({ pid }) => String(pid) },
      { title: "USER", text: userText },
      { title: "CLIENT", text: clientText },
      { title: "STATE", text: ({ state }) => state },
      { title: "GRANT", text: ({ grantId }) => grantRef(grantIdSchema.parse(grantId)) },
      { title: "ACTIVE", text: ({ callsInFlight }) => String(callsInFlight) },
      { title: "CALLS", text: ({ calls }) => String(calls) },
      { title: "MEMORY", text: ({ memoryBytes }) => formatMemory(memoryBytes) },
      { title: "LAST USE (UTC)", text: ({ lastUsedAtSec }) => formatTime(lastUsedAtSec) },
      { title: "SINCE (UTC)", text: ({ startedAtSec }) => formatTime(startedAtSec) },
    ],
    async fetch(client, query) {
      const { workers, ...rest } = await client.passOn(
        `${adminPaths.workers}?${query.toString()}`,
        adminWorkersResponse,
      );
      return { rows: workers, ...rest };
    },
  });
  endCommand(
    workers,
    new Argument("<pid>").argParser(positiveNumber),
    "end a worker: its calls fail, its sessions go on with a new one",
  )
    .addHelpText("after", example("fjmcp workers end 4242"))
    .action(async (pid: number, options: EndOptions) => {
      await requireConfirmation(`End worker ${pid}? Its calls in flight fail.`, options.yes);
      const { ended } = await adminClient(options).passOn(adminPaths.endWorker, endOneResponse, { pid });
      if (ended === 0)
        throw new CommandError(
          exitCodes.notFound,
          `There is no worker with the pid ${pid}.`,
          "`fjmcp workers` lists them.",
        );
      reportEnd(options, { pid, ended }, `Ended worker ${pid}.`);
    });
}
