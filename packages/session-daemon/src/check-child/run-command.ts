import { EX_USAGE, UsageError } from "@fjmcp/shared/service/command-line";
import { readCommandLine, type CheckChildRequest } from "./command-line.ts";

const EX_UNAVAILABLE = 69;

/**
 * Runs a command of the checkout that starts an MCP server: reads its command line, then calls `act`. Resolves with the
 * exit code: that of `act`, 0 after `--help`, 64 for a wrong option, 69 when `act` rejects.
 */
export async function runCommand(
  { name, usage }: { readonly name: string; readonly usage: string },
  act: (request: CheckChildRequest) => Promise<number>,
): Promise<number> {
  const args = process.argv.slice(2).filter((argument) => argument !== "--");
  let request: CheckChildRequest | undefined;
  try {
    request = readCommandLine(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${name}: ${error.message}\n\n${usage}`);
    return EX_USAGE;
  }
  if (request === undefined) {
    process.stdout.write(usage);
    return 0;
  }
  try {
    return await act(request);
  } catch (error) {
    process.stderr.write(`${name}: ${(error as Error).message}\n`);
    return EX_UNAVAILABLE;
  }
}
