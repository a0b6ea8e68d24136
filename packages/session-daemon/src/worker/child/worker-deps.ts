import type { Clock } from "@fjmcp/shared/clock";
import type { ProcessGroupRegistry } from "../process/process-group-registry.ts";
import type { Surroundings } from "../sandbox/worker-surroundings.ts";
import type { WorkerEvents } from "../worker-events.ts";
import type { WorkerMetrics } from "../worker-metrics.ts";
import type { Redactor } from "./redactor.ts";

/**
 * `starting`: until the MCP handshake is done. `open`: accepts calls. `retiring`: finishes the calls in flight, then
 * ends. `ending`: its process group is being ended, or is gone.
 */
export type WorkerState = "starting" | "open" | "retiring" | "ending";

/** What a worker starts with, and the callbacks for what happens to it. */
export interface WorkerDeps {
  readonly surroundings: Surroundings;
  /** The environment in which its process is spawned, see spawnEnvironment. */
  readonly env: Readonly<Record<string, string>>;
  readonly processGroups: ProcessGroupRegistry;
  readonly redactor: Redactor;
  readonly requestTimeoutMs: number;
  /** Another worker can take its place. One that serves a session alone ends with that, so only if its child certainly hangs. */
  readonly isReplaceable: boolean;
  readonly maxLineBytes: number;
  /** The child has become idle: no client waits for a response any more. */
  readonly onIdle: () => void;
  /** The child has responded to a request with an error, which was passed on. */
  readonly onChildError: () => void;
  readonly clock: Clock;
  readonly events: WorkerEvents;
  readonly metrics: WorkerMetrics;
}
