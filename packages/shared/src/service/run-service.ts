import { ConfigurationError, EX_CONFIG } from "../config/environment.ts";
import type { Log } from "../log.ts";
import { logDiagnostics } from "./log-diagnostics.ts";

const stopSignals = ["SIGTERM", "SIGINT"] as const;

/** A started composition root. `stop` drains, within a timeout of its own. */
export interface Service {
  stop(): Promise<void>;
}

/**
 * Runs a daemon: starts it, waits for SIGTERM or SIGINT, drains and exits 0. A second signal exits 1 at once. An uncaught
 * error, or one of `stop`, is logged by `loggedError` and exits 1. A faulty configuration prints all its faults and exits
 * 78. With `--check` among the arguments it only validates the configuration.
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
  logDiagnostics(log);
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

/** Some faults are found only at start, by comparison with values stored in Redis. */
function exitOnFaultyConfiguration(error: unknown): never {
  if (!(error instanceof ConfigurationError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exit(EX_CONFIG);
}

/** Resolves with the first stop signal; from then on the next one exits 1. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals) => {
      for (const each of stopSignals) {
        process.off(each, onSignal);
        process.once(each, () => process.exit(1));
      }
      resolve(signal);
    };
    for (const each of stopSignals) process.on(each, onSignal);
  });
}
