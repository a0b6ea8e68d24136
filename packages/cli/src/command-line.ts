import { Command, CommanderError, Help, type Option } from "commander";
import { version } from "@fjmcp/shared/version";
import { CommandError } from "./command-error.ts";
import { addAuditCommand } from "./commands/audit.ts";
import { addClientsCommand } from "./commands/clients.ts";
import { example, requireValues } from "./commands/common-options.ts";
import { addDoctorCommand } from "./commands/doctor.ts";
import { addExplainCommand } from "./commands/explain.ts";
import { addKeysCommand } from "./commands/keys.ts";
import { addLogsCommand } from "./commands/logs.ts";
import { addRestartCommand } from "./commands/restart.ts";
import { addSessionsCommand } from "./commands/sessions.ts";
import { addSetupCommand } from "./commands/setup.ts";
import { addStatusCommand, addVersionCommand } from "./commands/status.ts";
import { addTokensCommand } from "./commands/tokens.ts";
import { addTopCommand } from "./commands/top.ts";
import { addUsersCommand } from "./commands/users.ts";
import { addWorkersCommand } from "./commands/workers.ts";
import { exitCodes } from "./exit-codes.ts";
import { note, writeOut } from "./terminal/output.ts";

/** The whole command line, unparsed. */
export function createProgram(): Command {
  const program = new Command("fjmcp")
    .description(
      "Administers fjmcp on this machine: sets it up, checks it, and ends what people and clients have.",
    )
    .version(`fjmcp ${version}`, "--version", "print the version")
    .helpOption("--help", "print this text")
    .helpCommand(false)
    .configureHelp({ optionDescription: describedOption })
    .configureOutput({ writeOut, writeErr: note })
    .showSuggestionAfterError(true)
    .showHelpAfterError("`fjmcp --help` lists the commands, `fjmcp <command> --help` its options.")
    .exitOverride()
    .addHelpText("after", example("fjmcp doctor"));
  addSetupCommand(program);
  addDoctorCommand(program);
  addStatusCommand(program);
  addVersionCommand(program);
  addLogsCommand(program);
  addAuditCommand(program);
  addExplainCommand(program);
  addRestartCommand(program);
  addUsersCommand(program);
  addClientsCommand(program);
  addSessionsCommand(program);
  addWorkersCommand(program);
  addTopCommand(program);
  addTokensCommand(program);
  addKeysCommand(program);
  requireValues(program);
  return program;
}

/** Without a default that says nothing: a switch that is off, or an empty list. */
function describedOption(option: Option): string {
  return new Help().optionDescription(option).replace(/ \(default: (?:false|\[\])\)/, "");
}

/** Runs the command that `args` name; sets the process's exit code, and never rejects for a failure of the command. */
export async function runCommandLine(args: readonly string[]): Promise<void> {
  try {
    await createProgram().parseAsync(withIdsLast(args), { from: "user" });
  } catch (error) {
    process.exitCode = reported(error);
  }
}

/** An id of a grant (base64url) that begins with a hyphen; no option is as long. */
const hyphenId = /^-[\w-]{42}$/;

/** The arguments with such ids behind a `--`, where they are no options; without ids, the same. */
function withIdsLast(args: readonly string[]): string[] {
  const ids = args.filter((word) => hyphenId.test(word));
  if (ids.length === 0 || args.includes("--")) return [...args];
  return [...args.filter((word) => !hyphenId.test(word)), "--", ...ids];
}

/** The exit code of a failure, after it was reported. */
function reported(error: unknown): number {
  // Commander has printed its message, or the help.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
  // Ctrl-C at a question of the prompt library.
  if ((error as Error).name === "ExitPromptError") return exitCodes.cancelled;
  if (isSystemError(error)) {
    if (error.code === "EPIPE") return exitCodes.outputClosed;
    note(`fjmcp: ${error.message}\nMend that, and run the command again.`);
    return /^E(ACCES|PERM)$/.test(error.code) ? exitCodes.noPermission : exitCodes.inputOutput;
  }
  if (!(error instanceof CommandError)) throw error;
  note(`fjmcp: ${error.message}${error.advice === "" ? "" : `\n${error.advice}`}`);
  return error.exitCode;
}

/** An error of the operating system about a file, such as a full disk. */
function isSystemError(error: unknown): error is Error & { code: string } {
  return error instanceof Error && "syscall" in error && "code" in error && typeof error.code === "string";
}
