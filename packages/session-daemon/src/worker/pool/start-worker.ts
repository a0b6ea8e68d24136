import { setImmediate as nextTurn } from "node:timers/promises";
import { grantRef } from "@fjmcp/shared/grant-ref";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { ChildTools } from "../../policy/child-tools.ts";
import { ClientRejectedError, connectionEnded } from "../calls/call-errors.ts";
import type { ChildListener } from "../child-listener.ts";
import type { Worker } from "../child/worker.ts";
import type { ClientIdentity } from "../client-identity.ts";
import type { ChildEraMemory } from "../mcp-client/child-era-memory.ts";
import { ChildErrorResponse } from "../mcp-client/child-request.ts";
import { ChildSubscriptions } from "../mcp-client/child-subscriptions.ts";
import { offeredResult } from "../mcp-client/offered-result.ts";
import { openChild, openWithSessions } from "../mcp-client/open-child.ts";
import type { UpstreamToken } from "../upstream-token.ts";
import type { WorkerEvents } from "../worker-events.ts";
import { fetchUpstreamToken } from "./fetch-upstream-token.ts";
import { spawnWorker, type SpawnWorkerDeps } from "./spawn-worker.ts";
import { logFailure, startFailed } from "./start-failure.ts";
import type { UpstreamTokenSource } from "./upstream-token-source.ts";
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
export interface StartWorkerDeps extends SpawnWorkerDeps {
  readonly childEra: ChildEraMemory;
  readonly slots: WorkerSlots;
  readonly upstreamTokens: UpstreamTokenSource;
  /** Whether the last request for a token, of any grant, has failed. */
  readonly tokenRequests: { lastHasFailed: boolean };
  readonly childTools: ChildTools;
  readonly queueTimeoutMs: number;
  readonly startTimeoutMs: number;
  /** Called with the names of all tools that a child lists. */
  readonly onTools: (tools: readonly string[]) => void;
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

interface OpenedWorker {
  readonly worker: Worker;
  readonly initializeResult: InitializeResult;
  readonly token: UpstreamToken;
  /** From the spawn to the end of the handshake, without the wait for the token. */
  readonly spawnMs: number;
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
    const { worker, initializeResult, token, spawnMs } = await openWorker(deps, start, signal);
    deps.metrics.onStarted({
      spawnSec: spawnMs / 1000,
      startSec: (performance.now() - startedMs) / 1000,
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

/**
 * A worker after its handshake. Its process is spawned while the token is requested (docs/adr/0036). Rejects after the process
 * is gone.
 */
async function openWorker(
  deps: StartWorkerDeps,
  start: StartRequest,
  signal: AbortSignal,
): Promise<OpenedWorker> {
  const { childEra } = deps;
  const { client } = start;
  const requested = requestToken(deps, start, signal);
  await (waitsForToken(deps, start) ? requested : Promise.race([requested, whenSent()]));
  const spawningMs = performance.now();
  let spawned = await spawnWorker(deps, start).catch(async (error: unknown) => {
    // That no token is to be had explains more than that there is no program.
    await requested;
    throw error;
  });
  try {
    const spawnedMs = performance.now();
    const token = await requested;
    const waitedMs = performance.now() - spawnedMs;
    // The kernel may have killed it while it waited: memory may be short.
    if (spawned.worker.state === "ending") spawned = await spawnWorker(deps, start);
    spawned.startProgram(token);
    const offerMs = Math.min(maxOfferMs, deps.startTimeoutMs / 3);
    const { worker } = spawned;
    const open = () =>
      client === undefined
        ? openChild(worker, childEra, offerMs)
        : openWithSessions(worker, childEra, offerMs, client);
    let initializeResult = await handshake(worker, open, deps, start, signal);
    if (initializeResult === undefined) {
      await worker.end();
      const fresh = (spawned = await spawnWorker(deps, start));
      fresh.startProgram(token);
      initializeResult = await handshake(
        fresh.worker,
        () => openWithSessions(fresh.worker, childEra, offerMs, client),
        deps,
        start,
        signal,
      );
    }
    const spawnMs = performance.now() - spawningMs - waitedMs;
    return { worker: spawned.worker, initializeResult, token, spawnMs };
  } catch (error) {
    await spawned.worker.end();
    throw error;
  }
}

/** No process is spawned in vain where time does not count, nor twice for a client that tries again and again. */
function waitsForToken({ tokenRequests }: StartWorkerDeps, { from, serving }: StartRequest): boolean {
  return "token" in from || serving !== undefined || tokenRequests.lastHasFailed;
}

/** Rejects as `fetchUpstreamToken`, and as `checkToken` throws. */
async function requestToken(
  deps: StartWorkerDeps,
  { from, serving, checkToken, events }: StartRequest,
  signal: AbortSignal,
): Promise<UpstreamToken> {
  if ("token" in from) {
    checkToken(from.token);
    return from.token;
  }
  const { accessToken } = from;
  const retryTimeoutMs = serving === undefined ? deps.startTimeoutMs : 0;
  try {
    const token = await fetchUpstreamToken(deps, { accessToken, retryTimeoutMs, events, signal });
    checkToken(token);
    deps.tokenRequests.lastHasFailed = false;
    return token;
  } catch (error) {
    deps.tokenRequests.lastHasFailed = true;
    throw error;
  }
}

/** Once a request has left this process, which a spawn blocks: it connects in one turn of the event loop, and is written in the next. */
async function whenSent(): Promise<void> {
  await nextTurn();
  await nextTurn();
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
