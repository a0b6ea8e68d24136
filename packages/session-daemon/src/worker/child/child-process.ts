import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { LineSplitter } from "../../jsonrpc/line-splitter.ts";
import type { Chunks } from "../../jsonrpc/chunks.ts";
import { endedWithoutExit, processExit, type ChildExit } from "./child-exit.ts";
import { LineWriter } from "./line-writer.ts";
import { readLines } from "./read-lines.ts";
import type { ProcessGroupRegistry } from "../process/process-group-registry.ts";
import { groupLives, signalGroup } from "../process/process-table.ts";

interface ChildProcessOptions {
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly cwd: string;
  /** What the process reads from descriptor 3 on. */
  readonly inputs: readonly Uint8Array[];
  /** See processExit. */
  readonly reportsSignalAsExitCode: boolean;
  readonly processGroups: ProcessGroupRegistry;
  readonly maxLineBytes: number;
  readonly onLine: (line: Chunks) => void;
  readonly onLineTooLong: () => void;
  readonly onStderr: (line: Chunks) => void;
  /** Once, after the last line. */
  readonly onExit: (exit: ChildExit) => void;
}

/** Between the end of stdin, SIGTERM and SIGKILL, so that a worker is gone within a second. */
const graceMs = 250;
/** After the exit, for the last lines: a grandchild may hold the pipes open. */
const lastLinesMs = 200;
const goneTimeoutMs = 2_000;
const maxStderrLineBytes = 8 * 1024;
/** Behind a line without an end, which may be half of one: it is parsed then, not recognised by its ends (docs/adr/0001). */
const blank = Buffer.from(" ");

/** A stdio server in a process group of its own. */
export class ChildProcess {
  readonly pid: number | undefined;
  readonly stdin: LineWriter;
  readonly #stdout: LineSplitter;
  readonly #processGroups: ProcessGroupRegistry;
  readonly #exited: Promise<void>;
  #hasExited = false;
  #end: Promise<void> | undefined;

  constructor(options: ChildProcessOptions) {
    const [file, ...args] = options.argv;
    const child = execa(file as string, args, {
      env: options.env,
      extendEnv: false,
      cwd: options.cwd,
      detached: true,
      stdio: ["pipe", "pipe", "pipe", ...options.inputs],
      buffer: false,
      reject: false,
    });
    this.#processGroups = options.processGroups;
    this.pid = child.pid;
    this.stdin = new LineWriter(child.stdin);
    if (this.pid !== undefined) registerOrKill(this.#processGroups, this.pid);

    const { onLine, onLineTooLong } = options;
    const onRest = (line: Chunks) => onLine([...line, blank]);
    const stdout = new LineSplitter(options.maxLineBytes, onLine, onLineTooLong, onRest);
    const stderr = new LineSplitter(maxStderrLineBytes, options.onStderr, () => undefined);
    this.#stdout = stdout;
    const hasEnded = () => this.#hasExited;
    const stdoutClosed = readLines(child.stdout, stdout, hasEnded);
    const outputClosed = Promise.all([stdoutClosed, readLines(child.stderr, stderr, hasEnded)]);
    const exit = new Promise<ChildExit>((resolve) => {
      child.nodeChildProcess.once("exit", (code, signal) =>
        resolve(processExit(code, signal, options.reportsSignalAsExitCode)),
      );
      // A process that could not be started has no exit event.
      void child.then((result) => resolve(endedWithoutExit(`could not be started: ${result.code}`)));
    });
    this.#exited = this.#recordExit(exit);
    void this.#reportEnd(exit, stdoutClosed, outputClosed, options.onExit);
  }

  async #recordExit(exit: Promise<ChildExit>): Promise<void> {
    await exit;
    this.#hasExited = true;
  }

  /** It has written a line, but not its end. */
  get hasIncompleteLine(): boolean {
    return this.#stdout.isIncomplete;
  }

  /** A process without stdout or stdin cannot respond any more: it counts as ended, although it runs on. */
  async #reportEnd(
    exit: Promise<ChildExit>,
    stdoutClosed: Promise<unknown>,
    outputClosed: Promise<unknown>,
    onExit: (exit: ChildExit) => void,
  ): Promise<void> {
    const closedWithoutExit = Promise.race([
      stdoutClosed.then(() => "closed its output"),
      this.stdin.closedByReader.then(() => "closed its input"),
    ]);
    const ended = await Promise.race([
      exit,
      closedWithoutExit.then(async (how) => {
        await sleep(lastLinesMs);
        return endedWithoutExit(how);
      }),
    ]);
    if (this.#hasExited) await Promise.race([outputClosed, sleep(lastLinesMs)]);
    onExit(ended);
  }

  /** Closes stdin, then sends SIGTERM and SIGKILL; resolves once no process of its group is left. */
  end(): Promise<void> {
    this.#end ??= this.#endGroup();
    return this.#end;
  }

  async #endGroup(): Promise<void> {
    this.stdin.end();
    const groupId = this.pid;
    if (groupId === undefined) return;
    await this.#exitWithin(graceMs);
    if (!this.#hasExited) {
      signalGroup(groupId, "SIGTERM");
      await this.#exitWithin(graceMs);
    }
    // Grandchildren get no SIGTERM.
    for (let waitedMs = 0; groupLives(groupId) && waitedMs < goneTimeoutMs; waitedMs += 10) {
      signalGroup(groupId, "SIGKILL");
      await sleep(10);
    }
    await this.#exitWithin(goneTimeoutMs);
    if (!groupLives(groupId)) this.#processGroups.unregister(groupId);
  }

  async #exitWithin(ms: number): Promise<void> {
    const timer = new AbortController();
    await Promise.race([this.#exited, sleep(ms, undefined, { signal: timer.signal }).catch(() => undefined)]);
    timer.abort();
  }
}

/** An unregistered group would outlive a SIGKILL of the daemon. */
function registerOrKill(processGroups: ProcessGroupRegistry, leaderPid: number): void {
  try {
    processGroups.register(leaderPid);
  } catch (error) {
    signalGroup(leaderPid, "SIGKILL");
    throw error;
  }
}
