import { Argument, type Command } from "commander";
import {
  adminPaths,
  endAccessResponse,
  listUsersResponse,
  type EndUserRequest,
  type ListUsersResponse,
} from "@fjmcp/shared/ipc/admin";
import { accountIdSchema } from "@fjmcp/shared/ids";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import type { AdminClient } from "../admin/admin-client.ts";
import { requireConfirmation } from "../terminal/confirm.ts";
import { formatTime } from "../terminal/times.ts";
import { adminClient, example, userName } from "./common-options.ts";
import { endCommand, reportEnd, type EndOptions } from "./end-command.ts";
import { addListCommand } from "./list-command.ts";

type User = ListUsersResponse["users"][number];

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

async function findUser(client: AdminClient, name: string): Promise<User> {
  const query = new URLSearchParams({ find: name });
  const { users } = await client.call(`${adminPaths.users}?${query.toString()}`, listUsersResponse);
  const byId = users.find(({ accountId }) => accountId === name);
  const others = users.filter((user) => user !== byId);
  if (byId !== undefined && others.length > 0)
    throw new CommandError(
      exitCodes.usage,
      `${name} is the id of one user and the login name of another (id ${others[0]!.accountId}).`,
      "Ask Forgejo to rename the account, or end the other one by its id.",
    );
  const found = byId ?? others[0];
  if (found !== undefined) return found;
  throw new CommandError(
    exitCodes.notFound,
    `No connected user has the id or login name ${name}.`,
    "`fjmcp users --all` lists them.",
  );
}

/** `1 connection`, `2 connections`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
