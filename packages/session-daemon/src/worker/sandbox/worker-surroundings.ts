import { bubblewrapCommand, sandboxHome, seccompInput, visiblePath } from "./bubblewrap-command.ts";
import { dieWithParent } from "./die-with-parent.ts";
import { defaultMemoryMiB, withLimits } from "./process-limits.ts";
import { programFiles } from "./program-files.ts";
import type { SandboxChoice } from "./sandbox-choice.ts";
import type { WorkerCgroup, WorkerCgroups } from "./worker-cgroups.ts";
import { WorkerHomes } from "./worker-homes.ts";

/** What surrounds one worker. */
export interface Surroundings {
  /** Its process reads variables from stdin first, see withLimits. */
  readonly argv: readonly string[];
  /** HOME, and the place of temporary files. */
  readonly home: string;
  /** The folder in which to spawn `argv`. */
  readonly cwd: string;
  /** What the process reads from descriptor 3 on. */
  readonly inputs: readonly Uint8Array[];
  /** The process is a wrapper that exits with 128 + n when the child ends by the signal n. */
  readonly reportsSignalAsExitCode: boolean;
  /** The kernel ended a process of the worker because it reached the limit of its cgroup. */
  ranOutOfMemory(): boolean;
  /** To be called once, when all processes of the worker are gone. */
  remove(): Promise<void>;
}

interface SurroundingsOptions {
  readonly sandbox: SandboxChoice;
  /** Absolute; the daemon's own folder. */
  readonly runtimeDir: string;
  readonly readPaths: readonly string[];
  /** Undefined: what the program usually needs. */
  readonly memoryLimitMiB: number | undefined;
  /** The path of setpriv(1), if it is installed. */
  readonly setpriv: string | undefined;
  /** Undefined where no cgroups are delegated to the daemon. */
  readonly cgroups: WorkerCgroups | undefined;
}

/** Makes the surroundings of each worker: sandbox or process alone, limits, and a home of its own. */
export class WorkerSurroundings {
  readonly #options: SurroundingsOptions;
  readonly #homes: WorkerHomes;
  readonly #removals = new Set<Promise<void>>();

  constructor(options: SurroundingsOptions) {
    this.#options = options;
    this.#homes = new WorkerHomes(options.runtimeDir);
  }

  /** `argv` begins with the path of an executable file; `path` is where its interpreter is searched. */
  create(argv: readonly string[], path: string | undefined): Surroundings {
    const { sandbox, cgroups } = this.#options;
    const files = programFiles(argv[0] ?? "", path);
    const memoryMiB = this.#options.memoryLimitMiB ?? defaultMemoryMiB(files);
    const cgroup = cgroups?.create();
    const inside =
      sandbox.kind === "bubblewrap" ? this.#sandboxed(sandbox.bwrap, argv, files) : this.#unsandboxed(argv);
    return {
      ...inside,
      argv: withLimits(inside.argv, { memoryMiB }, cgroup?.folder),
      ranOutOfMemory: () => cgroup?.ranOutOfMemory() ?? false,
      remove: async () => await this.#remove(removeAll(inside.remove, cgroup)),
    };
  }

  /** Resolves once everything that is to be removed is removed, or could not be. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#removals);
  }

  async #remove(removal: Promise<void>): Promise<void> {
    this.#removals.add(removal);
    await removal.finally(() => this.#removals.delete(removal));
  }

  #sandboxed(bwrap: string, argv: readonly string[], files: readonly string[]) {
    const [file = "", ...args] = argv;
    const wrapper = bubblewrapCommand({
      bwrap,
      programFiles: files,
      readPaths: this.#options.readPaths,
    });
    return {
      argv: [...wrapper, visiblePath(file), ...args],
      home: sandboxHome,
      cwd: "/",
      inputs: seccompInput,
      reportsSignalAsExitCode: true,
      remove: async () => undefined,
    };
  }

  #unsandboxed(argv: readonly string[]) {
    const home = this.#homes.create();
    return {
      argv: dieWithParent(argv, this.#options.setpriv),
      home: home.folder,
      cwd: home.folder,
      inputs: [],
      reportsSignalAsExitCode: false,
      remove: () => home.remove(),
    };
  }
}

async function removeAll(removeHome: () => Promise<void>, cgroup: WorkerCgroup | undefined): Promise<void> {
  await cgroup?.remove();
  await removeHome();
}
