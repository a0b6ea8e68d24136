import { Argument, type Command } from "commander";
import {
  adminPaths,
  endAccessResponse,
  endClientRequest,
  listClientsResponse,
  type ListClientsResponse,
} from "@fjmcp/shared/ipc/admin";
import { findUser } from "../admin/find-user.ts";
import { userText } from "../admin/owner-text.ts";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { requireConfirmation } from "../terminal/confirm.ts";
import { adminClient, example, userName } from "./common-options.ts";
import { endCommand, reportEnd, type EndOptions } from "./end-command.ts";
import { addListCommand } from "./list-command.ts";
import { toolsetsText } from "./toolsets-text.ts";
import { count } from "./users.ts";

type Client = ListClientsResponse["clients"][number];

interface EndClientOptions extends EndOptions {
  readonly user?: string;
  readonly allUsers: boolean;
}

/** `fjmcp clients`. */
export function addClientsCommand(program: Command): void {
  const clients = program.command("clients").description("which clients are connected; end one");
  addListCommand<Client>(clients, {
    things: "clients",
    byUser: true,
    columns: [
      { title: "CLIENT", text: ({ clientRef }) => clientRef },
      { title: "NAME", text: ({ name }) => name || "-" },
      { title: "HOSTS", text: ({ hosts }) => hosts.join(" ") || "-" },
      { title: "CONNECTIONS", text: ({ grants }) => String(grants) },
      { title: "USERS", text: usersText },
      { title: "ACCESS", text: ({ scopes }) => (scopes.includes("forgejo:write") ? "read, write" : "read") },
      { title: "TOOLSETS", text: ({ toolsets }) => toolsetsText(toolsets) },
    ],
    async fetch(client, query) {
      const { clients, ...rest } = await client.call(
        `${adminPaths.clients}?${query.toString()}`,
        listClientsResponse,
      );
      return { rows: clients, ...rest };
    },
  });
  endCommand(
    clients,
    new Argument("<client>"),
    "end the connections of a client, by the reference that the list shows",
  )
    .option("--user <user>", "of this user only; the id or login name", userName)
    .option("--all-users", "of all users", false)
    .addHelpText("after", example("fjmcp clients end 3f2a91c07d55 --user alice"))
    .action(async (clientRef: string, options: EndClientOptions) => {
      requireScope(options);
      const client = adminClient(options);
      const user = options.user === undefined ? undefined : await findUser(client, options.user);
      const whose = user === undefined ? "all users" : userText(user);
      await requireConfirmation(`End the connections of client ${clientRef} for ${whose}?`, options.yes);
      const request = endClientRequest.parse(
        user === undefined ? { clientRef, allUsers: true } : { clientRef, accountId: user.accountId },
      );
      const response = await client.call(adminPaths.endClient, endAccessResponse, request);
      if (response.status === "unknown")
        throw new CommandError(
          exitCodes.notFound,
          `Client ${clientRef} has no connection for ${whose}.`,
          "`fjmcp clients --all` lists them.",
        );
      const { grants } = response;
      reportEnd(
        options,
        { clientRef, grants },
        `Ended ${count(grants, "connection")} of client ${clientRef}.`,
      );
    });
}

/** Installations of a program may share a client id, so that one of the two must be given. */
function requireScope({ user, allUsers }: EndClientOptions): void {
  if ((user === undefined) === allUsers) return;
  throw new CommandError(
    exitCodes.usage,
    "Say whose connections are to end.",
    "Give either --user <user> or --all-users.",
  );
}

function usersText({ accountIds, accountCount }: Client): string {
  const left = accountCount - accountIds.length;
  return accountIds.join(" ") + (left > 0 ? ` and ${left} more` : "");
}
