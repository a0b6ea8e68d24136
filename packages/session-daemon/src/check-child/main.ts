// `pnpm check-child`: which arguments of an MCP server's tools may name a file of this machine.
import { DeniedArguments } from "../policy/denied-arguments.ts";
import { checkChildUsage, type CheckChildRequest } from "./command-line.ts";
import { inspectChild } from "./inspect-child.ts";
import { pathArguments, type PathArgument } from "./path-arguments.ts";
import { runCommand } from "./run-command.ts";

process.exitCode = await runCommand({ name: "check-child", usage: checkChildUsage }, check);

async function check(request: CheckChildRequest): Promise<number> {
  const { tools, sandbox } = await inspectChild(request, Date.now);
  const { denied, allowed } = request;
  const policy = new DeniedArguments(denied, allowed);
  const withoutExceptions = new DeniedArguments(denied, []);
  const find = (by: DeniedArguments, tool: string, argument: string) =>
    by.find({ name: tool, arguments: { [argument]: "" } }) !== undefined;
  const found = pathArguments(tools, {
    isDenied: (tool, argument) => find(policy, tool, argument),
    isAllowed: (tool, argument) => find(withoutExceptions, tool, argument),
  });
  process.stdout.write(table(found));
  const open = found.filter(({ verdict }) => verdict === "host");
  const kind = sandbox.kind === "none" ? `without a sandbox (${sandbox.reason})` : "in bubblewrap";
  process.stdout.write(
    `${tools.length} tools, started ${kind}; ${found.length} arguments may name a file, ${open.length} of them one of this machine without being denied.\n`,
  );
  return open.length === 0 ? 0 : 1;
}

function table(rows: readonly PathArgument[]): string {
  const lines = [
    ["tool", "argument", "verdict", "description"],
    ...rows.map(({ tool, argument, verdict, description }) => [tool, argument, verdict, description]),
  ];
  const widths = [0, 1, 2].map((column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) => line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  "))
    .map((line) => `${line.trimEnd()}\n`)
    .join("");
}
