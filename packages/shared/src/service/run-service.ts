import { ConfigurationError, EX_CONFIG } from "../config/environment.ts";
import type { Finding } from "../finding.ts";
import { isJournal } from "../journal.ts";
import { createLog, type Log } from "../log.ts";
import type { WaitContext } from "../redis/redis-findings.ts";
import { version } from "../version.ts";
import { EX_USAGE, parseMode, usage, UsageError } from "./command-line.ts";
import { restoreFastProperties } from "./hidden-classes.ts";
import { logDiagnostics } from "./log-diagnostics.ts";
import { takeServiceManager } from "./service-manager.ts";

/** SIGHUP is that of a terminal which is closed: it would end the process without a drain. */
const stopSignals = ["SIGTERM", "SIGINT", "SIGHUP"] as const;

/** A started composition root. `stop` drains, within a timeout of its own. */
export interface Service {
  stop(): Promise<void>;
  /** One sentence on what the daemon depends on, for `systemctl status`. */
  status(): Promise<string>;
}

interface Program<Config> {
  /** The daemon's name. */
  readonly name: string;
  readonly arguments: readonly string[];
  /** Throws ConfigurationError. */
  readonly configure: () => Config;
  readonly log: (config: Config) => Log;
  /**
   * Looks at what the configuration names, and changes nothing. With `waiting`, for a start, it waits for Redis, and
   * rejects when the signal aborts.
   */
  readonly inspect: (config: Config, waiting?: WaitContext) => Promise<readonly Finding[]>;
  readonly start: (config: Config, log: Log) => Promise<Service>;
}

/**
 * Runs a daemon: inspects what it needs, starts it, waits for SIGTERM, SIGINT or SIGHUP, drains and exits 0. A second
 * SIGTERM or SIGINT exits 1 at once. An uncaught error, or one of `stop`, is logged by `loggedError` and exits 1. A faulty
 * configuration exits 78, a wrong option 64. All faults are named, in text; in the journal, and once there is a log, as
 * lines of a log. See `usage` for the options.
 */
export async function runService<Config>(program: Program<Config>): Promise<void> {
  const mode = modeOf(program);
  if (mode === "help") return print(usage(program.name));
  if (mode === "version") return print(`${program.name} ${version}\n`);
  const config = configured(program);
  await (mode === "check" ? check(program, config) : run(program, config));
}

function modeOf({ name, arguments: args }: Pick<Program<unknown>, "name" | "arguments">) {
  try {
    return parseMode(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${name}: ${error.message}\n\n${usage(name)}`);
    return process.exit(EX_USAGE);
  }
}

async function check<Config>(program: Program<Config>, config: Config): Promise<void> {
  const findings = await program.inspect(config);
  for (const { level, text } of findings) print(`${level}: ${text}\n`);
  if (findings.some(({ level }) => level === "fault")) process.exit(EX_CONFIG);
  print("The configuration is good.\n");
  // Connections that are still open keep no check alive.
  process.exit(0);
}

async function run<Config>(program: Program<Config>, config: Config): Promise<void> {
  restoreFastProperties();
  const log = program.log(config);
  const manager = takeServiceManager(process.env, log);
  logDiagnostics(log);
  const die =
    (message: string) =>
    (error: unknown): never => {
      log.fatal({ event: "service.failed", err: error }, message);
      process.exit(1);
    };
  process.on("unhandledRejection", die("unhandled rejection"));
  process.on("uncaughtException", die("uncaught exception"));
  const stopping = new AbortController();
  const stopRequested = firstSignal().then((signal) => {
    stopping.abort();
    return signal;
  });
  const start = async () => {
    manager.report("Starting: looks at Redis, Forgejo and files");
    rejectFaults(await program.inspect(config, { log, signal: stopping.signal }), log);
    return program.start(config, log);
  };
  const service = await start().catch((error: unknown) => {
    if (error instanceof ConfigurationError) return logFaults(error, log);
    if (stopping.signal.aborted) return undefined;
    return die("could not start")(error);
  });
  if (service !== undefined) {
    log.info({ event: "service.ready", pid: process.pid }, "ready");
    manager.ready(() => service.status());
  }
  const signal = await stopRequested;
  manager.stopping();
  log.info({ event: "service.draining", signal }, "draining");
  await service?.stop().catch(die("could not stop"));
  log.info({ event: "service.stopped" }, "stopped");
  process.exit(0);
}

/** Logs the warnings. Throws ConfigurationError with all faults. */
function rejectFaults(findings: readonly Finding[], log: Log): void {
  const textsOf = (wanted: Finding["level"]) =>
    findings.filter(({ level }) => level === wanted).map(({ text }) => text);
  for (const text of textsOf("warning")) log.warn({ event: "start.warning" }, text);
  const faults = textsOf("fault");
  if (faults.length > 0) throw new ConfigurationError(faults);
}

function print(text: string): void {
  process.stdout.write(text);
}

function configured<Config>({ name, configure }: Program<Config>): Config {
  try {
    return configure();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    // The level of the log is a part of what is faulty.
    if (isJournal(process.env, process.stderr.fd))
      return logFaults(error, createLog(name, "info", { toJournal: true }));
    process.stderr.write(`${error.message}\n`);
    return process.exit(EX_CONFIG);
  }
}

/** Some faults are found only at start, by comparison with values stored in Redis. */
function logFaults({ faults }: ConfigurationError, log: Log): never {
  for (const fault of faults) log.fatal({ event: "start.fault" }, fault);
  process.exit(EX_CONFIG);
}

/** Resolves with the first stop signal; from then on SIGTERM and SIGINT exit 1. SIGHUP, which may come twice, does not. */
function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    const onSignal = (signal: NodeJS.Signals) => {
      for (const each of stopSignals) {
        process.off(each, onSignal);
        process.on(each, () => each !== "SIGHUP" && process.exit(1));
      }
      resolve(signal);
    };
    for (const each of stopSignals) process.on(each, onSignal);
  });
}
