import type { Command } from "commander";
import { clientRef } from "@fjmcp/shared/client-ref";
import { clientIdSchema } from "@fjmcp/shared/ids";
import { adminPaths, adminWorkersResponse, endOneResponse } from "@fjmcp/shared/ipc/admin";
import type { WorkerEntry } from "@fjmcp/shared/ipc/control";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { requireConfirmation } from "../terminal/confirm.ts";
import { formatTime } from "../terminal/times.ts";
import { adminClient, example, positiveNumber } from "./common-options.ts";
import { endCommand, reportEnd, type EndOptions } from "./end-command.ts";
import { addListCommand } from "./list-command.ts";

/** `fjmcp workers`. */
export function addWorkersCommand(program: Command): void {
  const workers = program.command("workers").description("the processes that serve users; end one");
  addListCommand<WorkerEntry>(workers, {
    things: "workers",
    byUser: true,
    columns: [
      { title: "PID", text: ({ pid }) => String(pid) },
      { title: "USER", text: ({ accountId }) => accountId },
      { title: "CLIENT", text: ({ clientId }) => clientRef(clientIdSchema.parse(clientId)) },
      { title: "STATE", text: ({ state }) => state },
      { title: "CALLS", text: ({ callsInFlight }) => String(callsInFlight) },
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
  endCommand(workers, "<pid>", "end a worker: its calls fail, its sessions go on with a new one")
    .addHelpText("after", example("fjmcp workers end 4242"))
    .action(async (text: string, options: EndOptions) => {
      const pid = positiveNumber(text);
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
