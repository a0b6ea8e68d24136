import { newErrorReference } from "@fjmcp/shared/error-reference";
import type { GrantId, Hash } from "@fjmcp/shared/ids";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller } from "../../auth/authenticated-caller.ts";
import type { Principal } from "@fjmcp/shared/principal";
import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import {
  AccountBlockedError,
  ClientRejectedError,
  connectionEnded,
  sessionEnded,
  StartFailedError,
} from "../calls/call-errors.ts";
import type { Call, CallError, CallSink } from "../call.ts";
import type { ClientIdentity } from "../client-identity.ts";
import type { SessionClients } from "../session-clients.ts";
import type { SessionWorkers } from "../session-workers.ts";
import type { WorkerEvents } from "../worker-events.ts";
import type { WorkerOwner } from "./owned-workers.ts";
import { SessionWorker } from "./session-worker.ts";
import { StartBackoff } from "./start-backoff.ts";
import type { StartWorkerDeps } from "./start-worker.ts";
import type { UserChecks } from "./user-checks.ts";

interface SessionWorkerSetDeps {
  readonly clients: SessionClients;
  readonly startDeps: StartWorkerDeps;
  readonly userChecks: UserChecks;
  readonly idleTimeoutMs: number;
  readonly eventsOf: (grantId: GrantId) => WorkerEvents;
  /** The error for a caller that gets no worker now. */
  readonly rejection: (caller: Principal) => CallError | undefined;
}

interface SessionEntry extends WorkerOwner {
  readonly workers: SessionWorker;
}

/** Grants whose starts failed lately; beyond this many, the oldest is evicted. */
const maxBackoffs = 1_000;

/** The workers of all sessions that have one of their own. */
export class SessionWorkerSet implements SessionWorkers {
  readonly #deps: SessionWorkerSetDeps;
  readonly #sessions = new Map<Hash, SessionEntry>();
  readonly #backoffs = new Map<GrantId, StartBackoff>();

  constructor(deps: SessionWorkerSetDeps) {
    this.#deps = deps;
  }

  async open(
    caller: AuthenticatedCaller,
    session: Hash,
    client: ClientIdentity,
    signal: AbortSignal,
  ): Promise<InitializeResult> {
    const blocked =
      this.#deps.rejection(caller) ?? this.#backoffs.get(caller.grantId)?.blockedBy(performance.now());
    if (blocked !== undefined) throw blocked;
    const entry = this.#add(caller, session);
    try {
      const result = await entry.workers.start(caller, client, signal);
      this.#backoffs.get(caller.grantId)?.recordStart();
      return result;
    } catch (error) {
      this.#sessions.delete(session);
      throw await this.#explain(entry, error, signal);
    }
  }

  isOpen({ grantId }: Principal, session: Hash): boolean {
    const entry = this.#sessions.get(session);
    return entry?.grantId === grantId && entry.workers.isOpen;
  }

  /** As `WorkerPool.call`. */
  call(session: Hash, request: ClientRequest, sink: CallSink): Call {
    const entry = this.#sessions.get(session);
    if (entry !== undefined) return entry.workers.call(request, sink);
    queueMicrotask(() => sink.failed(connectionEnded()));
    return { cancel: () => undefined };
  }

  notify(session: Hash, method: string, params: Readonly<Record<string, unknown>> | undefined): void {
    this.#sessions.get(session)?.workers.notify(method, params);
  }

  end(session: Hash): void {
    void this.#sessions.get(session)?.workers.end(connectionEnded(), sessionEnded());
  }

  list(): readonly WorkerOwner[] {
    return [...this.#sessions.values()];
  }

  #add({ grantId, accountId, clientId }: Principal, session: Hash): SessionEntry {
    const owner = { grantId, accountId, clientId };
    const { clients, eventsOf, idleTimeoutMs, startDeps, userChecks } = this.#deps;
    const events = eventsOf(grantId);
    const workers = new SessionWorker({
      owner,
      session,
      clients,
      startDeps,
      idleTimeoutMs,
      onChildError: () => userChecks.onChildError(owner),
      onEnded: ({ hasCrashed, hasCompletedCalls }) => {
        this.#sessions.delete(session);
        if (hasCrashed) this.#recordCrash(grantId, hasCompletedCalls, events);
        clients.onEnded(owner, session);
      },
      events,
    });
    const entry = { ...owner, workers };
    this.#sessions.set(session, entry);
    return entry;
  }

  #recordCrash(grantId: GrantId, hadCompletedCalls: boolean, events: WorkerEvents): void {
    const backoff = this.#backoff(grantId);
    if (!backoff.recordCrash(hadCompletedCalls)) return;
    const reference = newErrorReference();
    events.crashLoop({ reference });
    backoff.recordFailure(new StartFailedError("keeps ending by itself", reference), performance.now());
  }

  async #explain(owner: Principal, thrown: unknown, signal: AbortSignal): Promise<unknown> {
    const { userChecks } = this.#deps;
    if (thrown instanceof AccountBlockedError) userChecks.block(owner, thrown);
    if (!(thrown instanceof StartFailedError)) return thrown;
    const error = await userChecks.explain(owner, thrown, signal);
    if (!(error instanceof ClientRejectedError))
      this.#backoff(owner.grantId).recordFailure(error, performance.now());
    return error;
  }

  #backoff(grantId: GrantId): StartBackoff {
    const known = this.#backoffs.get(grantId);
    if (known !== undefined) return known;
    const [oldest] = this.#backoffs.keys();
    if (oldest !== undefined && this.#backoffs.size >= maxBackoffs) this.#backoffs.delete(oldest);
    const backoff = new StartBackoff();
    this.#backoffs.set(grantId, backoff);
    return backoff;
  }
}
