import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, readFileSync, statSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { waitUntil } from "./wait-until.ts";

export interface ProcessOptions {
  /** The name in messages, such as `session-daemon`. */
  name: string;
  command: string;
  arguments?: readonly string[];
  /** The whole environment: none of this process's variables is added. */
  env: Readonly<Record<string, string>>;
  /** stdout and stderr are appended here. */
  logFile: string;
  /** Gets the log's text since this start; the process counts as started once this returns true. */
  isReady: (log: string) => boolean | Promise<boolean>;
  /** Default 60 s, which only bounds a failure. */
  startTimeoutMs?: number;
  /** Aborts the start; a process that has become ready is not affected. */
  signal?: AbortSignal | undefined;
}

interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A child process that writes its log to a file and ends when this process does. */
export interface ManagedProcess {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** The time from spawn to ready. */
  readonly startMs: number;
  readonly exited: Promise<Exit>;
  /** Sends a signal to this process alone; waits for its exit unless the signal is SIGSTOP or SIGCONT. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** SIGTERM, then SIGKILL after `graceMs` (default 8 s); resolves once it has exited. */
  end(graceMs?: number): Promise<Exit>;
}

/** Starts a process and waits until it is ready. Rejects, with the end of its log, when it exits or is not ready within the timeout. */
export async function startProcess(options: ProcessOptions): Promise<ManagedProcess> {
  const logFrom = sizeOf(options.logFile);
  const startedAt = performance.now();
  const child = spawnLogged(options);
  await once(child, "spawn");
  const managed = manage(options, child);
  let exit: Exit | undefined;
  void managed.exited.then((value) => (exit = value));
  const log = () => readFileSync(options.logFile).subarray(logFrom).toString("utf8");
  try {
    await waitUntil(
      `${options.name} should become ready`,
      async () => exit !== undefined || (await options.isReady(log())),
      { timeoutMs: options.startTimeoutMs ?? 60_000, ...(options.signal && { signal: options.signal }) },
    );
  } catch (error) {
    await managed.kill("SIGKILL");
    throw new Error(`${(error as Error).message}.${tail(options, log())}`, { cause: error });
  }
  if (exit === undefined) return { ...managed, startMs: performance.now() - startedAt };
  throw new Error(
    `${options.name} ended at start (${exit.signal ?? `exit code ${exit.code}`}).${tail(options, log())}`,
  );
}

function spawnLogged(options: ProcessOptions): ChildProcess {
  const log = openSync(options.logFile, "a", 0o600);
  try {
    // The parent-death signal ends it even when this process is killed; its own session keeps the terminal's Ctrl-C away.
    const setpriv = findExecutable("setpriv");
    const line = [
      ...(setpriv === undefined ? [] : [setpriv, "--pdeathsig", "KILL", "--"]),
      options.command,
      ...(options.arguments ?? []),
    ];
    return spawn(line[0]!, line.slice(1), {
      env: options.env,
      stdio: ["ignore", log, log],
      detached: true,
    });
  } finally {
    closeSync(log);
  }
}

function manage(options: ProcessOptions, child: ChildProcess): Omit<ManagedProcess, "startMs"> {
  const exited = new Promise<Exit>((resolve) => {
    child.once("exit", (code, signal) => resolve({ code, signal }));
  });
  return {
    name: options.name,
    pid: child.pid!,
    logFile: options.logFile,
    exited,
    async kill(signal) {
      child.kill(signal);
      if (!["SIGSTOP", "SIGCONT"].includes(signal)) await exited;
    },
    async end(graceMs = 8_000) {
      child.kill("SIGTERM");
      // A stopped process gets SIGTERM only after it continues.
      child.kill("SIGCONT");
      const force = new AbortController();
      void sleep(graceMs, undefined, { signal: force.signal }).then(
        () => child.kill("SIGKILL"),
        () => undefined,
      );
      const exit = await exited;
      force.abort();
      return exit;
    },
  };
}

function sizeOf(file: string): number {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

function tail(options: ProcessOptions, log: string): string {
  const lines = log
    .trimEnd()
    .split("\n")
    .slice(-8)
    .map((line) => `\n    ${line}`);
  return ` Its log is ${options.logFile}:${lines.join("")}`;
}
