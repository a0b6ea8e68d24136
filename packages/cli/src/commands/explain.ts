import { Argument, type Command } from "commander";
import { explainUsersPath, explainUsersResponse } from "@fjmcp/shared/ipc/explain";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { explainText } from "../explain/explain-text.ts";
import { print, printJson } from "../terminal/output.ts";
import {
  adminClient,
  example,
  jsonOption,
  userName,
  withSocket,
  type SocketOptions,
} from "./common-options.ts";

interface ExplainOptions extends SocketOptions {
  readonly json: boolean;
}

/** `fjmcp explain <user>`. */
export function addExplainCommand(program: Command): void {
  withSocket(program.command("explain"))
    .addArgument(new Argument("<user>").argParser(userName))
    .description(
      "why a user was signed out: what ended when, and how the account is now; the id or login name",
    )
    .addOption(jsonOption())
    .addHelpText("after", example("fjmcp explain alice"))
    .action(async (user: string, options: ExplainOptions) => {
      const query = new URLSearchParams({ user });
      const path = `${explainUsersPath}?${query.toString()}`;
      const { users } = await adminClient(options).call(path, explainUsersResponse);
      if (options.json) printJson({ users });
      if (users.length === 0)
        throw new CommandError(
          exitCodes.notFound,
          `No user with the id or login name ${user} has a connection, or had one in the last 90 days.`,
          "Ask for the number of the account in Forgejo, and look for it with `fjmcp audit --user <id>`.",
        );
      if (!options.json) print(users.map(explainText).join("\n\n"));
    });
}
