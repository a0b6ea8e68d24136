import type { ChildCommand } from "../command/child-command.ts";

/** What the configuration says of workers. */
export interface WorkerSettings {
  readonly child: ChildCommand;
  readonly forgejoUrl: string;
  /** Absolute; holds the process group files, and without a sandbox the children's folders. */
  readonly runtimeDir: string;
  /** The daemon's environment; only allow-listed names of it reach a child. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Files and folders that a child in a sandbox may read, beyond its program. */
  readonly readPaths: readonly string[];
  /** Of one process of a child. Undefined: what its program usually needs. */
  readonly memoryLimitMiB: number | undefined;
  /** In hexadecimal; undefined: any program is started. */
  readonly childSha256: string | undefined;
  readonly maxWorkers: number;
  readonly maxWorkersPerAccount: number;
  readonly idleTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly queueTimeoutMs: number;
}
