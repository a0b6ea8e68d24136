import type { Clock } from "@fjmcp/shared/clock";
import { grantRef } from "@fjmcp/shared/grant-ref";
import type { GrantId } from "@fjmcp/shared/ids";
import { Redactor } from "../child/redactor.ts";
import { Worker } from "../child/worker.ts";
import type { ClientIdentity } from "../client-identity.ts";
import type { ChildCommand } from "../command/child-command.ts";
import { childArguments, childVariables, spawnEnvironment } from "../command/child-environment.ts";
import { findChildProgram } from "../command/find-child-program.ts";
import { workerUserAgent } from "../command/user-agent.ts";
import type { ProcessGroupRegistry } from "../process/process-group-registry.ts";
import { variableLines } from "../sandbox/process-limits.ts";
import { WrongProgramError, type ProgramPin } from "../sandbox/program-pin.ts";
import type { Surroundings, WorkerSurroundings } from "../sandbox/worker-surroundings.ts";
import type { UpstreamToken } from "../upstream-token.ts";
import type { WorkerEvents } from "../worker-events.ts";
import type { WorkerMetrics } from "../worker-metrics.ts";
import { startFailed } from "./start-failure.ts";
import type { WorkerSlots } from "./worker-slots.ts";

/** The parts of the pool that a spawn needs. */
export interface SpawnWorkerDeps {
  readonly child: ChildCommand;
  readonly forgejoUrl: string;
  readonly runtimeDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly surroundings: WorkerSurroundings;
  /** Undefined: any program is started. */
  readonly pin: ProgramPin | undefined;
  readonly processGroups: ProcessGroupRegistry;
  readonly slots: Pick<WorkerSlots, "serveWaiting">;
  readonly requestTimeoutMs: number;
  readonly maxLineBytes: number;
  readonly metrics: WorkerMetrics;
  readonly clock: Clock;
}

interface SpawnRequest {
  readonly grantId: GrantId;
  /** Undefined for a worker that several sessions share. */
  readonly client: ClientIdentity | undefined;
  /** A client has got an error of the child. */
  readonly onChildError: () => void;
  readonly events: WorkerEvents;
}

/** A worker whose process waits for the token before it becomes the child's program. */
export interface SpawnedWorker {
  readonly worker: Worker;
  /** To be called once. Throws when the token cannot be passed to a program. */
  startProgram(token: UpstreamToken): void;
}

/** Spawns the process of one worker. Rejects with StartFailedError when there is no program, or not the pinned one. */
export async function spawnWorker(deps: SpawnWorkerDeps, spawn: SpawnRequest): Promise<SpawnedWorker> {
  const { child, forgejoUrl: url } = deps;
  const { grantId, events } = spawn;
  const surroundings = surround(deps, events);
  const redactor = new Redactor();
  try {
    const worker = new Worker({
      surroundings,
      env: spawnEnvironment(deps.environment, surroundings.home),
      processGroups: deps.processGroups,
      redactor,
      requestTimeoutMs: deps.requestTimeoutMs,
      isReplaceable: spawn.client === undefined,
      maxLineBytes: deps.maxLineBytes,
      onIdle: () => deps.slots.serveWaiting(),
      onChildError: spawn.onChildError,
      clock: deps.clock,
      events,
      metrics: deps.metrics,
    });
    return {
      worker,
      startProgram({ token, clientName = "" }) {
        redactor.learn(token);
        const userAgent = workerUserAgent(clientName, grantRef(grantId));
        worker.startProgram(variableLines(childVariables(child, { token, url, userAgent })));
      },
    };
  } catch (error) {
    await surroundings.remove();
    throw error;
  }
}

/** Throws StartFailedError when there is no program, or not the pinned one. */
function surround(deps: SpawnWorkerDeps, events: WorkerEvents): Surroundings {
  const { name, file, path } = programOf(deps);
  if (file === undefined) throw startFailed(events, `does not exist (no such program: ${name})`, true);
  try {
    deps.pin?.check(file);
  } catch (error) {
    if (!(error instanceof WrongProgramError)) throw error;
    throw startFailed(events, "is not the program that the administrator has pinned", true, error);
  }
  const [, ...args] = childArguments(deps.child, deps.forgejoUrl);
  return deps.surroundings.create([file, ...args], path);
}

function programOf({ child, runtimeDir, environment }: SpawnWorkerDeps) {
  return findChildProgram(child, { cwd: runtimeDir, daemonEnvironment: environment });
}
