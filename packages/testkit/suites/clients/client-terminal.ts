import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { stripVTControlCharacters } from "node:util";
import type { ClientCommands, Dialogue } from "../../src/real-clients/client-commands.ts";
import type { ClientDriver } from "../../src/real-clients/client-driver.ts";
import { childrenOf } from "../../src/process/process-children.ts";
import { converse } from "./converse.ts";

export interface RunOptions {
  /** Runs it on a terminal of its own (script(1)), which some commands require. */
  readonly onTerminal?: boolean;
  /** Milliseconds until it is killed. */
  readonly timeoutMs?: number;
}

/** A command failed; the message is what it has printed. */
class CommandError extends Error {
  override readonly name = "CommandError";
}

const defaultTimeoutMs = 180_000;
/** Of what a command printed, for people. */
const shownCharacters = 600;

/** The shell of one user, in a home of its own. */
export class ClientTerminal {
  readonly #home: string;
  readonly #env: Readonly<Record<string, string>>;
  readonly #running = new Set<number>();

  constructor(home: string, env: Readonly<Record<string, string>>) {
    this.#home = home;
    this.#env = env;
  }

  /**
   * Runs a command line and resolves with its stdout, without control characters. Rejects with CommandError where it
   * fails or does not end in time; whatever it has started is killed then.
   */
  async run(line: string, options: RunOptions = {}): Promise<string> {
    const { onTerminal = false, timeoutMs = defaultTimeoutMs } = options;
    const words = onTerminal ? ["script", "-qec", line, "/dev/null"] : ["sh", "-c", line];
    const program = spawn(words[0]!, words.slice(1), {
      cwd: this.#home,
      env: this.#env,
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    await once(program, "spawn");
    const group = program.pid!;
    this.#running.add(group);
    const timer = setTimeout(() => kill(group), timeoutMs);
    const exit = once(program, "close") as Promise<[number | null]>;
    const [out, shown] = await Promise.all([text(program.stdout), text(program.stderr)]);
    const [exitCode] = await exit;
    clearTimeout(timer);
    kill(group);
    this.#running.delete(group);
    const printed = stripVTControlCharacters(out).trim();
    if (exitCode === 0) return printed;
    const all = `${stripVTControlCharacters(shown).trim()}\n${printed}`.trim();
    throw new CommandError(`${line}: ${exitCode ?? "killed"}: ${all.slice(-shownCharacters)}`);
  }

  /**
   * Runs a program on a terminal of its own and has a dialogue with it. Resolves once it shows the dialogue's end, and
   * kills it then. Rejects with CommandError where a step does not come in time.
   */
  async converse(line: string, dialogue: Dialogue): Promise<void> {
    const onScreen = `stty cols 150 rows 50; exec ${line}`;
    const program = spawn("script", ["-qec", onScreen, "/dev/null"], {
      cwd: this.#home,
      env: this.#env,
      stdio: ["pipe", "pipe", "inherit"],
      detached: true,
    });
    await once(program, "spawn");
    const group = program.pid!;
    this.#running.add(group);
    const closed = once(program, "close");
    const timer = setTimeout(() => killAll(group), defaultTimeoutMs);
    try {
      await converse(program.stdout, program.stdin, dialogue);
    } catch (error) {
      throw new CommandError(`${line}: ${(error as Error).message}`, { cause: error });
    } finally {
      clearTimeout(timer);
      killAll(group);
      await closed;
      this.#running.delete(group);
    }
  }

  /** What signs out with the commands of a client. */
  signOutWith({ signOut, signOutRevokes = false }: ClientCommands): Pick<ClientDriver, "signOut"> {
    if (signOut === undefined) return {};
    return { signOut: { revokes: signOutRevokes, run: async () => void (await this.run(signOut)) } };
  }

  /** Kills whatever still runs. */
  close(): void {
    for (const group of this.#running) killAll(group);
  }
}

/** A word of a command line. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Also what script(1) has started, in a session of its own. */
function killAll(group: number): void {
  [...childrenOf(group), group].forEach(kill);
}

function kill(group: number): void {
  try {
    process.kill(-group, "SIGKILL");
  } catch {
    // All of its processes have ended.
  }
}
