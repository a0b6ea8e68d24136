import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { InvalidArgumentError, Option, type Command } from "commander";
import { explainUsersQuery } from "@fjmcp/shared/ipc/explain";
import { AdminClient } from "../admin/admin-client.ts";
import { sockets } from "../system/units.ts";

export interface SocketOptions {
  readonly root: string;
  readonly socket?: string;
}

/** Adds the options by which a command finds the auth-server. */
export function withSocket(command: Command): Command {
  return command
    .option("--socket <path>", "the auth-server's admin socket (default: /run/fjmcp/auth-admin/admin.sock)")
    .addOption(rootOption());
}

/** As systemd's tools have it: every path is below this directory. */
function rootOption(): Option {
  return new Option("--root <dir>", "the directory below which all paths are").default("/");
}

export function jsonOption(): Option {
  return new Option("--json", "print JSON, for programs").default(false);
}

export function adminClient({ root, socket }: SocketOptions): AdminClient {
  const { path } = sockets.find(({ group }) => group === "fjmcp-admin")!;
  return new AdminClient(socket ?? join(root, path));
}

/** Adds `list`, which runs where `parent` is given no command: another word is an unknown command. */
export function listOf(parent: Command): Command {
  const list = withSocket(parent.command("list", { isDefault: true })).allowExcessArguments();
  return list.hook("preAction", () => {
    const [word] = list.args;
    if (word === undefined) return;
    if (parent.args[0] === list.name()) list.error("error: too many arguments for 'list'. It has none.");
    const names = parent.commands.map((command) => command.name()).join(", ");
    list.error(`error: unknown command '${word}': the commands of ${parent.name()} are ${names}`);
  });
}

/** Makes an empty value a usage error wherever `command`, or one below it, has no parser of its own. */
export function requireValues(command: Command): void {
  const options = command.options.filter(({ required, optional }) => required || optional);
  for (const value of [...options, ...command.registeredArguments])
    if (value.parseArg === undefined) value.argParser(nonEmptyText);
  for (const one of command.commands) requireValues(one);
}

function nonEmptyText(text: string): string {
  if (text !== "") return text;
  throw new InvalidArgumentError("It must not be empty.");
}

/** The id or login name of a user. */
export function userName(text: string): string {
  const parsed = explainUsersQuery.shape.user.safeParse(nonEmptyText(text));
  if (parsed.success) return parsed.data;
  throw new InvalidArgumentError("It must be an id or a login name, of at most 100 characters.");
}

/** The id of a user: the entries of a log have no other name of an account in common. */
export function accountId(text: string): string {
  if (/^\d+$/.test(text)) return text;
  throw new InvalidArgumentError("It must be an id, as `fjmcp users` and `fjmcp explain` show it.");
}

/** A whole number of at least 1, as an option's value. */
export function positiveNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("It must be a whole number of at least 1.");
}

/** The path of a file with certificates in PEM, as an option's value: TLS would ignore any other text. */
export function certificateFile(file: string): string {
  if (!existsSync(file)) throw new InvalidArgumentError("There is no such file.");
  if (!/-----BEGIN (?:\w+ )?CERTIFICATE-----/.test(textOf(file)))
    throw new InvalidArgumentError("It holds no certificate in PEM.");
  return file;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "latin1");
  } catch (error) {
    throw new InvalidArgumentError(`It cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

/** The help's last lines: one example. */
export function example(text: string): string {
  return `\nExample:\n  ${text}`;
}
