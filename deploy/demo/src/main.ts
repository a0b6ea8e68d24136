import { demoArguments, usage, UsageError, type DemoOptions } from "./demo-arguments.ts";
import { runDemo } from "./demo.ts";
import { jsonReporter } from "./json-reporter.ts";
import { StepFailedError } from "./step-runner.ts";
import { textReporter } from "./text-reporter.ts";

const exitCodes = { failed: 1, usage: 2, interrupted: 130, outputClosed: 141 };

const stdout = (line: string) => void process.stdout.write(`${line}\n`);
const stderr = (line: string) => void process.stderr.write(`${line}\n`);

const stop = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => stop.abort(new Error(`Stopped by ${signal}`)));
}
let isOutputClosed = false;
// The terminal has gone, or the reader of a pipe, such as `head`.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error) => {
    isOutputClosed = true;
    stop.abort(error);
  });
}

const options = readArguments();
if (options !== undefined) {
  const reporter = options.json ? jsonReporter(stdout, stderr) : textReporter(stdout);
  try {
    await runDemo(options, reporter, stop.signal);
    process.exit(0);
  } catch (error) {
    if (!(error instanceof StepFailedError)) stderr((error as Error).message);
    process.exit(exitCode());
  }
}

function exitCode(): number {
  if (isOutputClosed) return exitCodes.outputClosed;
  return stop.signal.aborted ? exitCodes.interrupted : exitCodes.failed;
}

function readArguments(): DemoOptions | undefined {
  try {
    const demanded = demoArguments(process.argv.slice(2));
    if (demanded === undefined) process.stdout.write(usage);
    return demanded;
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    stderr(`${error.message}\n\n${usage}`);
    process.exitCode = exitCodes.usage;
    return undefined;
  }
}
