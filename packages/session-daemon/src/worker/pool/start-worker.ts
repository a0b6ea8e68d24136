import type { Clock } from "@fjmcp/shared/clock";
import type { Log } from "@fjmcp/shared/log";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller } from "../../auth/principal.ts";
import { connectionEnded, StartFailedError } from "../calls/call-errors.ts";
import { childArguments, childEnvironment } from "../command/child-environment.ts";
import type { ChildCommand } from "../command/child-command.ts";
import { initializeChild } from "../mcp-client/initialize-child.ts";
import { ListChangeDetector, type ListDigests } from "../mcp-client/list-change-detector.ts";
import { fetchUpstreamToken, type UpstreamToken } from "./fetch-upstream-token.ts";
import type { ProcessGroupRegistry } from "../process/process-group-registry.ts";
import { Redactor } from "../child/redactor.ts";
import type { UpstreamTokenSource } from "./upstream-token-source.ts";
import { Worker } from "../child/worker.ts";
import type { ListKind } from "../call.ts";
import type { WorkerSlot, WorkerSlots } from "./worker-slots.ts";

/** A worker that has said hello, and how long its Forgejo token lasts. */
export interface ReadyWorker {
  readonly worker: Worker;
  /** Not occupied yet, so that the worker is not taken for idle before it has got its first call. */
  readonly slot: WorkerSlot;
  readonly initializeResult: InitializeResult;
  readonly token: UpstreamToken;
}

/** What starting takes from the pool. */
export interface StartWorkerDeps {
  readonly child: ChildCommand;
  readonly forgejoUrl: string;
  readonly runtimeDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The path of setpriv(1). */
  readonly setpriv: string | undefined;
  readonly ledger: ProcessGroupRegistry;
  readonly slots: WorkerSlots;
  readonly upstreamTokens: UpstreamTokenSource;
  readonly queueTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly maxLineBytes: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface StartRequest {
  readonly caller: AuthenticatedCaller;
  /** Who can serve meanwhile, if anybody: then nothing is waited for, and it does not have to make room. */
  readonly serving: Worker | undefined;
  /** Throws when a worker with this token would be of no use. */
  readonly checkToken: (token: UpstreamToken) => void;
  readonly digests: ListDigests;
  readonly onListChanged: (kind: ListKind) => void;
}

/**
 * Brings up one worker: a slot within the limits, a Forgejo token, the process, the MCP handshake. Rejects with
 * CallError (StartFailedError when the child is at fault); then the process is gone and the slot is free again.
 */
export async function startWorker(
  starter: StartWorkerDeps,
  start: StartRequest,
  signal: AbortSignal,
): Promise<ReadyWorker> {
  const { caller, serving } = start;
  const isPatient = serving === undefined;
  const slot = await starter.slots.acquire(
    caller.accountId,
    { waitsForBusy: isPatient, spared: serving, queueTimeoutMs: starter.queueTimeoutMs },
    signal,
  );
  let worker: Worker | undefined;
  try {
    const token = await fetchUpstreamToken(
      starter.upstreamTokens,
      caller.accessToken,
      isPatient ? starter.startTimeoutMs : 0,
      starter.clock,
      starter.log,
      signal,
    );
    start.checkToken(token);
    const log = starter.log.child({ grantId: caller.grantId });
    const watch: { lists?: ListChangeDetector } = {};
    worker = new Worker({
      argv: childArguments(starter.child, starter.forgejoUrl, starter.setpriv),
      env: childEnvironment(starter.child, {
        daemonEnvironment: starter.environment,
        home: starter.runtimeDir,
        token: token.token,
        url: starter.forgejoUrl,
      }),
      cwd: starter.runtimeDir,
      ledger: starter.ledger,
      redactor: new Redactor(token.token),
      requestTimeoutMs: starter.requestTimeoutMs,
      maxLineBytes: starter.maxLineBytes,
      onIdle: () => starter.slots.serveWaiting(),
      onListChanged: (kind) => watch.lists?.changed(kind),
      clock: starter.clock,
      log,
    });
    void worker.gone.then(() => slot.release());
    const initializeResult = await handshake(worker, starter.startTimeoutMs, log, signal);
    watch.lists = new ListChangeDetector(worker, start.digests, start.onListChanged);
    watch.lists.start(initializeResult.capabilities);
    worker.ready();
    log.info({ pid: worker.pid }, "worker started");
    return { worker, slot, initializeResult, token };
  } catch (error) {
    if (worker === undefined) slot.release();
    else await worker.end();
    throw error;
  }
}

async function handshake(
  worker: Worker,
  timeoutMs: number,
  log: Log,
  signal: AbortSignal,
): Promise<InitializeResult> {
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    void worker.end();
  }, timeoutMs);
  const abort = () => void worker.end();
  signal.addEventListener("abort", abort);
  try {
    if (signal.aborted) throw connectionEnded();
    return await initializeChild(worker);
  } catch (error) {
    if (signal.aborted) throw connectionEnded();
    const how = isLate
      ? `did not get ready within ${timeoutMs / 1000} s`
      : worker.hasCrashed
        ? "ended while starting"
        : "did not speak MCP";
    const reference = newErrorReference();
    log.warn({ reference, err: error, stderr: worker.startMessages }, `worker ${how}`);
    throw new StartFailedError(how, reference);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
  }
}
