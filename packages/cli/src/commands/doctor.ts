import { InvalidArgumentError, type Command } from "commander";
import type { CheckResult } from "../doctor/check.ts";
import { checkNames, runDoctor } from "../doctor/doctor.ts";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { print, printJson } from "../terminal/output.ts";
import {
  adminClient,
  example,
  certificateFile,
  jsonOption,
  withSocket,
  type SocketOptions,
} from "./common-options.ts";

interface DoctorOptions extends SocketOptions {
  readonly private: boolean;
  readonly caFile?: string;
  readonly clients: boolean;
  readonly skip: readonly string[];
  readonly json: boolean;
}

/** `fjmcp doctor`. */
export function addDoctorCommand(program: Command): void {
  withSocket(program.command("doctor"))
    .description(
      "looks at every link from the units to Forgejo's login; green means that Claude.ai can connect",
    )
    .option("--private", "for test set-ups: a name that only this machine knows", false)
    .option("--ca-file <file>", "certificates of an internal CA (PEM)", certificateFile)
    .option("--clients", "also send what each known MCP client sends, up to Forgejo's login", false)
    .option("--skip <check>", `leave a check out: ${checkNames.join(", ")}`, addCheck, [])
    .addOption(jsonOption())
    .addHelpText("after", example("fjmcp doctor --private --ca-file /etc/ssl/internal-ca.pem"))
    .action((options: DoctorOptions) => doctor(options));
}

/** Runs the checks and reports them; sets the exit code. Rejects with CommandError when all are skipped. */
export async function doctor(options: DoctorOptions): Promise<void> {
  if (!options.clients && checkNames.every((name) => options.skip.includes(name)))
    throw new CommandError(exitCodes.usage, "Every check is skipped.", "Leave at least one --skip out.");
  const results: CheckResult[] = [];
  const { issuer, isWell } = await runDoctor({
    admin: adminClient(options),
    root: options.root,
    isPrivate: options.private,
    caFile: options.caFile,
    clients: options.clients,
    skip: options.skip,
    onResult(result) {
      results.push(result);
      if (!options.json) print(resultText(result));
    },
  });
  if (!isWell) process.exitCode = exitCodes.unwell;
  if (options.json) printJson({ ok: isWell, issuer, checks: results });
  else print(conclusion(issuer, isWell, results, options.skip));
}

const marks = { ok: "ok     ", warning: "WARNING", fault: "FAULT  " } as const;

function resultText({ check, findings }: CheckResult): string {
  return findings.map(({ level, text }) => `${marks[level]} ${check.padEnd(10)} ${text}\n`).join("");
}

function conclusion(
  issuer: string | undefined,
  isWell: boolean,
  results: readonly CheckResult[],
  skipped: readonly string[],
): string {
  if (!isWell || issuer === undefined)
    return "\nThere are faults. Mend the first one, and run fjmcp doctor again.";
  const hasWarnings = results.some(({ findings }) => findings.some(({ level }) => level === "warning"));
  const remark = hasWarnings ? " Read the warnings above all the same." : "";
  const well =
    skipped.length === 0 ? "All is well." : `All that was checked is well. Skipped: ${skipped.join(", ")}.`;
  return `\n${well}${remark} From another machine this must print 401:\n  curl -sS -o /dev/null -w '%{http_code}\\n' -X POST ${issuer}/mcp`;
}

function addCheck(name: string, names: readonly string[]): string[] {
  if (checkNames.includes(name)) return [...new Set([...names, name])];
  throw new InvalidArgumentError(`The checks are ${checkNames.join(", ")}.`);
}
