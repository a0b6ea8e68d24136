import { mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { readProcess } from "../process/process-table.ts";

/** A folder of a worker's own. */
interface WorkerHome {
  readonly folder: string;
  remove(): Promise<void>;
}

/**
 * The HOME and working directory of each worker that has no sandbox: a folder of its own, which is removed with it. Those
 * of daemons that do not run any more are removed when a daemon starts, so call this after their workers were ended.
 */
export class WorkerHomes {
  readonly #folder: string;

  constructor(runtimeDir: string) {
    const homes = join(runtimeDir, "homes");
    mkdirSync(homes, { recursive: true, mode: 0o700 });
    for (const daemon of readdirSync(homes)) {
      if (!runs(daemon)) rmSync(join(homes, daemon), { recursive: true, force: true });
    }
    this.#folder = join(homes, `${process.pid}-${readProcess(process.pid)?.startTicks}`);
  }

  create(): WorkerHome {
    mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
    const folder = mkdtempSync(join(this.#folder, "worker-"));
    return { folder, remove: () => rm(folder, { recursive: true, force: true, maxRetries: 3 }) };
  }
}

/** Whether the daemon with this folder, named after its pid and start time, runs. */
function runs(folder: string): boolean {
  const [pid, startTicks] = folder.split("-").map(Number);
  return pid !== undefined && readProcess(pid)?.startTicks === startTicks;
}
