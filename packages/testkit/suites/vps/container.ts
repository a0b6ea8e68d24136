import { spawn, type ChildProcess, type ChildProcessWithoutNullStreams } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { startProcess, type ManagedProcess } from "../../src/process/managed-process.ts";
import { childrenOf } from "../../src/process/process-children.ts";
import { waitUntil } from "../../src/process/wait-until.ts";
import { projectRoot } from "../../src/process/project-root.ts";
import { publicHost } from "./public-name.ts";

/** SIGRTMIN+4, on which systemd powers the machine off. */
const powerOffSignal = 38;
const powerOffMs = 60_000;
const bootMs = 90_000;
const environment = {
  PATH: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
  DEBIAN_FRONTEND: "noninteractive",
  LANG: "C.UTF-8",
};

export interface CommandResult {
  /** Undefined after a signal. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

interface CommandOptions {
  /** The network of this machine, for apt; default: the container's, which has a loopback alone. */
  readonly network?: "outside";
  readonly input?: string;
}

/** The checkout, in every container. */
export const checkoutInside = "/srv/checkout";

/** A machine of its own: a real systemd in a Debian root, without any network but its loopback. Needs root. */
export class Container {
  readonly #dir: string;
  readonly #log: string;
  readonly #network: string;
  readonly #aptArchives: string;
  #nspawn: ManagedProcess | undefined;
  readonly #commands = new Set<ChildProcess>();

  /**
   * `dir` is the root of a Debian, `network` the path of a network namespace, `aptArchives` where apt keeps what it fetches;
   * `log` gets what systemd-nspawn says.
   */
  constructor(options: { dir: string; network: string; aptArchives: string; log: string }) {
    this.#dir = options.dir;
    this.#log = options.log;
    this.#network = options.network;
    this.#aptArchives = options.aptArchives;
  }

  /** Starts the machine; resolves once its systemd has started all units. */
  async boot(): Promise<void> {
    await writeFile(join(this.#dir, "etc", "hosts"), `127.0.0.1 localhost ${publicHost}\n`);
    this.#nspawn = await startProcess({
      name: "container",
      command: "systemd-nspawn",
      arguments: [
        `--directory=${this.#dir}`,
        "--boot",
        "--register=no",
        "--keep-unit",
        "--console=pipe",
        `--network-namespace-path=${this.#network}`,
        `--bind-ro=${projectRoot}:${checkoutInside}`,
        `--bind=${this.#aptArchives}:/var/cache/apt/archives`,
      ],
      env: environment,
      logFile: this.#log,
      // The console stays silent: systemd inside says when it is ready.
      isReady: () => true,
    });
    await waitUntil("all units of the container should be started", () => this.#isUp(), {
      timeoutMs: bootMs,
    });
  }

  /** Shuts the machine down in order, and ends the commands that still run. */
  async powerOff(): Promise<void> {
    const nspawn = this.#nspawn;
    const leader = this.#leader();
    if (nspawn === undefined || leader === undefined) return;
    process.kill(leader, powerOffSignal);
    await Promise.race([nspawn.exited, sleep(powerOffMs, undefined, { ref: false })]);
    await nspawn.end();
    // nsenter may stop itself when its command is killed with all others.
    for (const command of this.#commands) command.kill("SIGKILL");
  }

  /** As when an administrator types `reboot`. */
  async reboot(): Promise<void> {
    await this.powerOff();
    await this.boot();
  }

  /** Runs a shell script as root in /root, up to its first failing command. Rejects with what it wrote. */
  async script(text: string, options?: CommandOptions): Promise<string> {
    return await this.run(["sh", "-euc", `cd /root\n${text}`], options);
  }

  /** Runs a command as root. Rejects when it fails, with what it wrote. */
  async run(command: readonly string[], options?: CommandOptions): Promise<string> {
    const { exitCode, stdout, stderr } = await this.attempt(command, options);
    if (exitCode === 0) return stdout;
    throw new Error(`${command.join(" ")} failed (${exitCode})\n${stdout}\n${stderr}`);
  }

  /** Runs a command as root, whatever its exit code. */
  async attempt(
    command: readonly string[],
    { network, input = "" }: CommandOptions = {},
  ): Promise<CommandResult> {
    return await collect(this.spawn(command, network), input);
  }

  /** The pids, as the container counts them, of its processes whose command line contains `text`. */
  async processes(text: string): Promise<string[]> {
    const list =
      'cd /proc; for pid in [0-9]*; do echo "$pid $(tr "\\0" " " < $pid/cmdline)"; done 2>/dev/null';
    const lines = (await this.run(["sh", "-c", list])).split("\n");
    return lines.filter((line) => line.includes(text)).map((line) => line.split(" ")[0]!);
  }

  /** Starts a command as root, with pipes for its input and output. */
  spawn(command: readonly string[], network?: CommandOptions["network"]): ChildProcessWithoutNullStreams {
    const leader = this.#leader();
    if (leader === undefined) throw new Error("the container is not running");
    const namespaces = ["-m", "-p", "-i", "-u", "-C", ...(network === "outside" ? [] : ["-n"])];
    const enter = ["-t", String(leader), ...namespaces, "--root", "--wd", "/usr/bin/env", "-i"];
    const settings = Object.entries(environment).map(([name, value]) => `${name}=${value}`);
    const child = spawn("nsenter", [...enter, ...settings, ...command]);
    this.#commands.add(child);
    child.once("exit", () => this.#commands.delete(child));
    return child;
  }

  async #isUp(): Promise<boolean> {
    if (this.#leader() === undefined) return false;
    const { stdout } = await this.attempt(["systemctl", "is-system-running"]);
    return /^(running|degraded)/.test(stdout);
  }

  /** The systemd inside, as a process of this machine. */
  #leader(): number | undefined {
    return this.#nspawn === undefined ? undefined : childrenOf(this.#nspawn.pid)[0];
  }
}

async function collect(child: ChildProcessWithoutNullStreams, input: string): Promise<CommandResult> {
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8").on("data", (text: string) => (output[name] += text));
  }
  child.stdin.on("error", () => undefined).end(input);
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
  child.once("error", reject).once("close", (code) => resolve(code ?? undefined));
  return { exitCode: await promise, ...output };
}
