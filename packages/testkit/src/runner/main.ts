import { runSuites } from "./run-suites.ts";
import { runnerArguments, runnerUsage, RunnerUsageError, type RunnerArguments } from "./runner-arguments.ts";

// The test commands: runs the suites named (default: tests) on the files given (default: all of each suite).

const usageExitCode = 2;

const options = readArguments();
if (options?.list === true) process.stdout.write(runnerUsage());
else if (options !== undefined) process.exitCode = await runSuites(options);

function readArguments(): RunnerArguments | undefined {
  try {
    return runnerArguments(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof RunnerUsageError)) throw error;
    process.stderr.write(`${error.message}\n\n${runnerUsage()}`);
    process.exitCode = usageExitCode;
    return undefined;
  }
}
