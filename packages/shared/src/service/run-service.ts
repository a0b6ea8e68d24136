import { ConfigurationError, EX_CONFIG } from "../config/environment.ts";
import type { Log } from "../log.ts";

const stopSignals = ["SIGTERM", "SIGINT"] as const;

/** A started composition root. `stop` drains, and drains no longer than its own bound. */
export interface Service {
  stop(): Promise<void>;
}

/**
 * What both `main`s do: start, wait for SIGTERM or SIGINT, drain, exit 0. A second signal exits at once with 1. An error
 * that nobody caught, or of the stop itself, is logged without its members and exits 1. A faulty configuration is printed
 * whole and exits 78; with `--check` among the arguments nothing is started.
 */
export async function runService<Config>(program: {
  arguments: readonly string[];
  /** Throws ConfigurationError. */
  configure: () => Config;
  log: (config: Config) => Log;
  start: (config: Config, log: Log) => Promise<Service>;
}): Promise<void> {
  const config = configured(program.configure);
  if (program.arguments.includes("--check")) {
    process.stdout.write("The configuration is good.\n");
    return;
  }
  const log = program.log(config);
  const die =
    (event: string) =>
    (error: unknown): never => {
      log.fatal({ err: error }, event);
      process.exit(1);
    };
  process.on("unhandledRejection", die("unhandled rejection"));
  process.on("uncaughtException", die("uncaught exception"));
  const stopRequested = firstSignal();
  const service = await program.start(config, log).catch((error: unknown) => {
    return error instanceof ConfigurationError
      ? exitOnFaultyConfiguration(error)
      : die("could not start")(error);
  });
  log.info({ pid: process.pid }, "ready");
  const signal = await stopRequested;
  log.info({ signal }, "draining");
  await service.stop().catch(die("could not stop"));
  log.info("stopped");
  process.exit(0);
}

function configured<Config>(configure: () => Config): Config {
  try {
    return configure();
  } catch (error) {
    return exitOnFaultyConfiguration(error);
  }
}

/** Some faults show only at start, against what Redis remembers. */
function exitOnFaultyConfiguration(error: unknown): never {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(EX_CONFIG);
}

/** From the very moment of the first signal on, the next one forces. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const seen = (signal: NodeJS.Signals) => {
      for (const each of stopSignals) {
        process.off(each, seen);
        process.once(each, () => process.exit(1));
      }
      resolve(signal);
    };
    for (const each of stopSignals) process.on(each, seen);
  });
}
