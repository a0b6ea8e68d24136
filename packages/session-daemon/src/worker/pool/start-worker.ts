import type { Clock } from "@fjmcp/shared/clock";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import { grantRef } from "@fjmcp/shared/grant-ref";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import { ClientRejectedError, connectionEnded, StartFailedError } from "../calls/call-errors.ts";
import { findChildProgram } from "../command/find-child-program.ts";
import { childArguments, childEnvironment } from "../command/child-environment.ts";
import type { ChildCommand } from "../command/child-command.ts";
import type { ChildTools } from "../../policy/child-tools.ts";
import type { ChildListener } from "../child-listener.ts";
import type { ClientIdentity } from "../client-identity.ts";
import { workerUserAgent } from "../command/user-agent.ts";
import { ChildSubscriptions } from "../mcp-client/child-subscriptions.ts";
import type { ChildEraMemory } from "../mcp-client/child-era-memory.ts";
import { ChildErrorResponse } from "../mcp-client/child-request.ts";
import { offeredResult } from "../mcp-client/offered-result.ts";
import { openChild, openWithSessions } from "../mcp-client/open-child.ts";
import type { UpstreamToken } from "../upstream-token.ts";
import { fetchUpstreamToken } from "./fetch-upstream-token.ts";
import type { ProcessGroupRegistry } from "../process/process-group-registry.ts";
import { Redactor } from "../child/redactor.ts";
import type { UpstreamTokenSource } from "./upstream-token-source.ts";
import { WrongProgramError, type ProgramPin } from "../sandbox/program-pin.ts";
import type { Surroundings, WorkerSurroundings } from "../sandbox/worker-surroundings.ts";
import { Worker } from "../child/worker.ts";
import type { WorkerEvents } from "../worker-events.ts";
import type { WorkerMetrics } from "../worker-metrics.ts";
import type { WorkerSlot, WorkerSlots } from "./worker-slots.ts";

/** How long a child that does not know the offer may take to reject it; many start slowly. */
const maxOfferMs = 5_000;

/** A worker after its handshake, with its Forgejo token. */
export interface ReadyWorker {
  readonly worker: Worker;
  /** Not occupied yet, so that the worker cannot be evicted as idle before its first call. */
  readonly slot: WorkerSlot;
  /** As clients get it. */
  readonly initializeResult: InitializeResult;
  readonly token: UpstreamToken;
  /** Undefined for a child with sessions, which gets a request for each resource. */
  readonly subscriptions: ChildSubscriptions | undefined;
}

/** The parts of the pool that a start needs. */
export interface StartWorkerDeps {
  readonly child: ChildCommand;
  readonly forgejoUrl: string;
  readonly runtimeDir: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly surroundings: WorkerSurroundings;
  /** Undefined: any program is started. */
  readonly pin: ProgramPin | undefined;
  readonly processGroups: ProcessGroupRegistry;
  readonly childEra: ChildEraMemory;
  readonly slots: WorkerSlots;
  readonly upstreamTokens: UpstreamTokenSource;
  readonly childTools: ChildTools;
  readonly queueTimeoutMs: number;
  readonly startTimeoutMs: number;
  readonly requestTimeoutMs: number;
  readonly maxLineBytes: number;
  /** Called with the names of all tools that a child lists. */
  readonly onTools: (tools: readonly string[]) => void;
  readonly metrics: WorkerMetrics;
  readonly clock: Clock;
}

/** What a start else acquires first, with the access token of the request that needs the worker. */
export interface PreparedStart {
  readonly slot: WorkerSlot;
  readonly token: UpstreamToken;
}

interface StartRequest {
  readonly accountId: AccountId;
  readonly grantId: GrantId;
  readonly from: { readonly accessToken: string } | PreparedStart;
  /** The worker that can serve meanwhile: then the start waits for nothing, and never evicts this worker. */
  readonly serving: Worker | undefined;
  /** Throws when a worker with this token would be useless. */
  readonly checkToken: (token: UpstreamToken) => void;
  /** The client of the child's `initialize`, which then sends `notifications/initialized`; undefined: the broker itself. */
  readonly client: ClientIdentity | undefined;
  /** The resources that its clients are subscribed to, whenever it is called: for a child without sessions. */
  readonly subscribedUris: () => Iterable<string>;
  /** The child has responded to the handshake. The listener gets what it sends by itself from now on. */
  readonly onInitialized: (worker: Worker, result: InitializeResult) => ChildListener;
  /** A client has got an error of the child. */
  readonly onChildError: () => void;
  readonly events: WorkerEvents;
}

/**
 * Starts one worker: a slot within the limits, a Forgejo token, the process, the MCP handshake. Rejects with CallError
 * (StartFailedError when the child is at fault) after the process is gone and the slot is free again.
 */
export async function startWorker(
  deps: StartWorkerDeps,
  start: StartRequest,
  signal: AbortSignal,
): Promise<ReadyWorker> {
  const { accountId, from, serving, events } = start;
  const startedMs = performance.now();
  const slot =
    "slot" in from
      ? from.slot
      : await deps.slots.acquire(
          accountId,
          { waitsForBusy: serving === undefined, exempt: serving, queueTimeoutMs: deps.queueTimeoutMs },
          signal,
        );
  try {
    const token =
      "token" in from
        ? from.token
        : await fetchUpstreamToken(deps, {
            accessToken: from.accessToken,
            retryTimeoutMs: serving === undefined ? deps.startTimeoutMs : 0,
            events,
            signal,
          });
    start.checkToken(token);
    const spawnedMs = performance.now();
    const { worker, initializeResult } = await openWorker(deps, start, token, signal);
    const readyMs = performance.now();
    deps.metrics.onStarted({
      spawnSec: (readyMs - spawnedMs) / 1000,
      startSec: (readyMs - startedMs) / 1000,
    });
    void worker.whenEnded.then(() => slot.release());
    deps.childTools.chooseTable(initializeResult.serverInfo.name);
    const subscriptions = subscriptionsOf(worker, initializeResult, start);
    worker.open(start.onInitialized(worker, initializeResult));
    const revision = initializeResult.protocolVersion;
    events.started({ pid: worker.pid, grantRef: grantRef(start.grantId), revision });
    return { worker, slot, initializeResult: offeredResult(initializeResult), token, subscriptions };
  } catch (error) {
    deps.metrics.onStartFailed();
    slot.release();
    throw error;
  }
}

/** Made before the child's lists are read, so that no change is missed. */
function subscriptionsOf(
  { era, streams }: Worker,
  { capabilities }: InitializeResult,
  { subscribedUris }: StartRequest,
): ChildSubscriptions | undefined {
  if (era === "sessions") return undefined;
  const subscriptions = new ChildSubscriptions(streams, capabilities, subscribedUris);
  subscriptions.update().catch(() => undefined);
  return subscriptions;
}

/** A worker after its handshake. Rejects after the process is gone. */
async function openWorker(
  deps: StartWorkerDeps,
  start: StartRequest,
  token: UpstreamToken,
  signal: AbortSignal,
): Promise<{ worker: Worker; initializeResult: InitializeResult }> {
  const { childEra } = deps;
  let worker = await spawnWorker(deps, start, token);
  try {
    const offerMs = Math.min(maxOfferMs, deps.startTimeoutMs / 3);
    const offered = worker;
    const { client } = start;
    const open = () =>
      client === undefined
        ? openChild(offered, childEra, offerMs)
        : openWithSessions(offered, childEra, offerMs, client);
    const result = await handshake(worker, open, deps, start, signal);
    if (result !== undefined) return { worker, initializeResult: result };
    await worker.end();
    const fresh = (worker = await spawnWorker(deps, start, token));
    const initializeResult = await handshake(
      worker,
      () => openWithSessions(fresh, childEra, offerMs, client),
      deps,
      start,
      signal,
    );
    return { worker, initializeResult };
  } catch (error) {
    await worker.end();
    throw error;
  }
}

async function spawnWorker(
  deps: StartWorkerDeps,
  start: StartRequest,
  token: UpstreamToken,
): Promise<Worker> {
  const surroundings = surround(deps, start.events);
  try {
    return new Worker({
      surroundings,
      env: childEnvironment(deps.child, {
        daemonEnvironment: deps.environment,
        home: surroundings.home,
        token: token.token,
        url: deps.forgejoUrl,
        userAgent: workerUserAgent(token.clientName ?? "", grantRef(start.grantId)),
      }),
      processGroups: deps.processGroups,
      redactor: new Redactor(token.token),
      requestTimeoutMs: deps.requestTimeoutMs,
      maxLineBytes: deps.maxLineBytes,
      onIdle: () => deps.slots.serveWaiting(),
      onChildError: start.onChildError,
      clock: deps.clock,
      events: start.events,
      metrics: deps.metrics,
    });
  } catch (error) {
    await surroundings.remove();
    throw error;
  }
}

/** Throws StartFailedError when there is no program, or not the pinned one. */
function surround(deps: StartWorkerDeps, events: WorkerEvents): Surroundings {
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

function programOf({ child, runtimeDir, environment }: StartWorkerDeps) {
  return findChildProgram(child, { cwd: runtimeDir, daemonEnvironment: environment });
}

/** Returns the reference of the line in the log. */
function logFailure(events: WorkerEvents, how: string, err: unknown, stderr: readonly string[]): string {
  const reference = newErrorReference();
  events.startFailed({ reference, how, err, stderr });
  return reference;
}

/** Logs why, and returns the error for the calls. */
function startFailed(
  events: WorkerEvents,
  how: string,
  isLocalFault: boolean,
  err?: unknown,
  stderr: readonly string[] = [],
): StartFailedError {
  return new StartFailedError(how, logFailure(events, how, err, stderr), isLocalFault);
}

async function handshake<Opened>(
  worker: Worker,
  open: () => Promise<Opened>,
  deps: StartWorkerDeps,
  { client, events }: StartRequest,
  signal: AbortSignal,
): Promise<Opened> {
  const { startTimeoutMs: timeoutMs } = deps;
  let hasTimedOut = false;
  const timer = setTimeout(() => {
    hasTimedOut = true;
    void worker.end();
  }, timeoutMs);
  const onAbort = () => void worker.end();
  signal.addEventListener("abort", onAbort);
  try {
    if (signal.aborted) throw connectionEnded();
    return await open();
  } catch (error) {
    if (signal.aborted) throw connectionEnded();
    if (client !== undefined && error instanceof ChildErrorResponse && error.isRejection) {
      const how = "rejected the initialize of a client";
      throw new ClientRejectedError(logFailure(events, how, error, worker.startMessages));
    }
    const how = hasTimedOut
      ? `did not get ready within ${timeoutMs / 1000} s`
      : worker.ranOutOfMemory
        ? "needs more memory than it may have"
        : worker.hasCrashed
          ? "ended while starting"
          : "did not speak MCP";
    throw startFailed(events, how, worker.ranOutOfMemory, error, worker.startMessages);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
