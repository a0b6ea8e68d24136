import { Argument, type Command } from "commander";
import {
  adminPaths,
  endAccessResponse,
  listUsersResponse,
  type EndUserRequest,
} from "@fjmcp/shared/ipc/admin";
import { accountIdSchema } from "@fjmcp/shared/ids";
import { findUser, type User } from "../admin/find-user.ts";
import { requireConfirmation } from "../terminal/confirm.ts";
import { formatTime } from "../terminal/times.ts";
import { adminClient, example, userName } from "./common-options.ts";
import { endCommand, reportEnd, type EndOptions } from "./end-command.ts";
import { addListCommand } from "./list-command.ts";

/** `fjmcp users`. */
export function addUsersCommand(program: Command): void {
  const users = program.command("users").description("connected users; end a user's access");
  addListCommand<User>(users, {
    things: "users",
    byUser: false,
    columns: [
      { title: "ID", text: ({ accountId }) => accountId },
      { title: "LOGIN", text: ({ login = "-" }) => login },
      { title: "CONNECTIONS", text: ({ grants }) => String(grants) },
      { title: "CLIENTS", text: ({ clients }) => String(clients) },
      { title: "LAST USE (UTC)", text: ({ lastUsedAtSec }) => formatTime(lastUsedAtSec) },
    ],
    async fetch(client, query) {
      const { users, ...rest } = await client.call(
        `${adminPaths.users}?${query.toString()}`,
        listUsersResponse,
      );
      return { rows: users, ...rest };
    },
  });
  endCommand(
    users,
    new Argument("<user>").argParser(userName),
    "disconnect a user: connections, tokens and processes; the id or login name",
  )
    .addHelpText("after", example("fjmcp users end alice"))
    .action(async (name: string, options: EndOptions) => {
      const client = adminClient(options);
      const user = await findUser(client, name);
      const label = `${user.login ?? "the user"} (id ${user.accountId})`;
      await requireConfirmation(
        `Disconnect ${label}? ${count(user.grants, "connection")} will end; each client must connect again.`,
        options.yes,
      );
      const request: EndUserRequest = { accountId: accountIdSchema.parse(user.accountId) };
      const { grants } = await client.call(adminPaths.endUser, endAccessResponse, request);
      reportEnd(
        options,
        { accountId: user.accountId, grants },
        `Ended ${count(grants, "connection")} of ${label}.`,
      );
    });
}

/** `1 connection`, `2 connections`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
