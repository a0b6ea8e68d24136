import type { Log } from "@fjmcp/shared/log";
import type { ChildConfiguration } from "./child-configuration.ts";
import type { UpstreamTokenSource } from "./upstream-token-source.ts";
import type { ListChangedListener, WorkerPool } from "./worker-pool.ts";

export interface WorkerPoolOptions {
  readonly child: ChildConfiguration;
  readonly forgejoUrl: string;
  /** Absolute; process groups are written down in it, and it is the children's working directory and HOME. */
  readonly runtimeDir: string;
  /** The daemon's environment, of which only allow-listed names reach a child. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly maxWorkers: number;
  readonly maxWorkersPerAccount: number;
  readonly idleTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly queueTimeoutMs: number;
  readonly drainTimeoutMs: number;
  readonly upstreamTokens: UpstreamTokenSource;
  readonly onListChanged: ListChangedListener;
  readonly log: Log;
}

/** Ends what an earlier run left in `runtimeDir`, then serves. */
export function createWorkerPool(options: WorkerPoolOptions): WorkerPool {
  throw new Error(`not there yet: ${options.runtimeDir}`);
}
