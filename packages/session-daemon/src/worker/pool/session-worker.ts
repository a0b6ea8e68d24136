import type { Hash } from "@fjmcp/shared/ids";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller } from "../../auth/authenticated-caller.ts";
import type { Principal } from "@fjmcp/shared/principal";
import type { ClientRequest } from "../../jsonrpc/client-message.ts";
import { errorCodes } from "../../jsonrpc/error-codes.ts";
import { connectionEnded, tooManyCalls } from "../calls/call-errors.ts";
import type { Call, CallError, CallSink } from "../call.ts";
import type { ChildListener } from "../child-listener.ts";
import type { Worker } from "../child/worker.ts";
import type { ClientIdentity } from "../client-identity.ts";
import type { SessionClients } from "../session-clients.ts";
import type { WorkerEvents } from "../worker-events.ts";
import type { OwnedWorkers } from "./owned-workers.ts";
import type { SlotOccupant } from "./slot-holders.ts";
import { startWorker, type StartWorkerDeps } from "./start-worker.ts";
import { StatelessSession } from "./stateless-session.ts";
import { limitLifetime } from "./worker-lifetime.ts";

interface SessionWorkerDeps {
  readonly owner: Principal;
  readonly session: Hash;
  readonly clients: SessionClients;
  readonly startDeps: StartWorkerDeps;
  readonly idleTimeoutMs: number;
  readonly onChildError: () => void;
  /** The worker has ended; never called when it did not start. */
  readonly onEnded: (worker: Worker) => void;
  /** Bound to the grant. */
  readonly events: WorkerEvents;
}

const maxCalls = 256;
/** For so long after its last call a session makes no room for others: it would end with its worker, between two calls. */
const keptIdleMs = 2_000;

/** The requests that a child may make, with the client's capability that each needs (MCP 2025-11-25, "Client Features"). */
const capabilityOf: Readonly<Record<string, string>> = {
  "sampling/createMessage": "sampling",
  "elicitation/create": "elicitation",
  "roots/list": "roots",
};
const notOffered = `"error":{"code":${errorCodes.methodNotFound},"message":"The client does not offer this."}`;

/** The one worker of a session that shares its child with no other: when it ends, it has no successor. */
export class SessionWorker implements OwnedWorkers {
  readonly waiting = 0;
  readonly workers = new Set<Worker>();
  readonly #deps: SessionWorkerDeps;
  readonly #ended = new AbortController();
  #starting: Promise<unknown> | undefined;
  #isInitialized = false;
  /** For a child of 2026-07-28. */
  #stateless: StatelessSession | undefined;

  constructor(deps: SessionWorkerDeps) {
    this.#deps = deps;
  }

  get isStarting(): boolean {
    return this.#starting !== undefined;
  }

  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** To be called once. Rejects as `startWorker` does. */
  async start(
    caller: AuthenticatedCaller,
    client: ClientIdentity,
    signal: AbortSignal,
  ): Promise<InitializeResult> {
    const starting = this.#start(caller, client, AbortSignal.any([signal, this.#ended.signal]));
    this.#starting = starting.catch(() => undefined);
    return await starting.finally(() => (this.#starting = undefined));
  }

  call(request: ClientRequest, sink: CallSink): Call {
    const worker = this.#open;
    if (worker === undefined || worker.clientCallsInFlight >= maxCalls) {
      const error = worker === undefined ? connectionEnded() : tooManyCalls(maxCalls);
      queueMicrotask(() => sink.failed(error));
      return { cancel: () => undefined };
    }
    this.#announce(worker);
    const stateless = this.#stateless;
    if (stateless === undefined) return worker.call(request, sink);
    if (stateless.handle(request, sink)) return { cancel: () => undefined };
    return worker.call(stateless.withLogLevel(request), sink);
  }

  /** Passes on a notification of the client. */
  notify(method: string, params: Readonly<Record<string, unknown>> | undefined): void {
    const worker = this.#open;
    if (worker === undefined || worker.era === "stateless") return;
    this.#announce(worker);
    if (method !== "notifications/initialized") worker.notify(method, params);
  }

  async end(reason: CallError, interrupted = reason): Promise<number> {
    this.#ended.abort();
    const ending = new Set(this.workers);
    for (const worker of ending) void worker.end(interrupted);
    await this.#starting;
    await Promise.all(Array.from(ending, ({ whenEnded }) => whenEnded));
    return ending.size;
  }

  retire(): number {
    if (this.isStarting) this.#ended.abort();
    for (const worker of this.workers) worker.retire();
    return this.workers.size;
  }

  get #open(): Worker | undefined {
    return this.workers.values().find(({ state }) => state === "open");
  }

  async #start(caller: AuthenticatedCaller, client: ClientIdentity, signal: AbortSignal) {
    const { clients, events, idleTimeoutMs, onChildError, owner, session, startDeps } = this.#deps;
    const offered = new Set(Object.keys(client.capabilities));
    const uris = new Set<string>();
    const { worker, slot, token, initializeResult, subscriptions } = await startWorker(
      startDeps,
      {
        accountId: caller.accountId,
        grantId: caller.grantId,
        from: { accessToken: caller.accessToken },
        serving: undefined,
        checkToken: () => undefined,
        client,
        subscribedUris: () => uris,
        onInitialized: (worker) => this.#listen(worker, offered),
        onChildError,
        events,
      },
      signal,
    );
    if (signal.aborted) {
      await worker.end();
      throw connectionEnded();
    }
    this.workers.add(worker);
    void worker.whenEnded.then(() => this.#handleEnd(worker));
    limitLifetime(worker, idleTimeoutMs, token.expiresAtMs, startDeps.clock, () =>
      clients.isListening(owner, session),
    );
    slot.occupy(occupantOf(worker));
    if (subscriptions !== undefined)
      this.#stateless = new StatelessSession(initializeResult.capabilities, subscriptions, uris);
    return initializeResult;
  }

  #handleEnd(worker: Worker): void {
    this.workers.delete(worker);
    this.#deps.onEnded(worker);
  }

  #listen(worker: Worker, offered: ReadonlySet<string>): ChildListener {
    const { clients, owner, session } = this.#deps;
    return {
      onNotification: (notification, call) => {
        if (this.#stateless?.wants(notification) !== false)
          clients.onNotification(owner, session, notification, call);
      },
      onRequest: (request, call) => {
        const respond = (member: string) => worker.respond(request.idJson, member);
        const capability = capabilityOf[request.method];
        if (capability === undefined || !offered.has(capability)) respond(notOffered);
        else clients.onRequest(owner, session, request, call, respond);
      },
    };
  }

  /** Some clients send `notifications/initialized` late, or without the id of their session. */
  #announce(worker: Worker): void {
    if (!this.#isInitialized && worker.era === "sessions") worker.notify("notifications/initialized");
    this.#isInitialized = true;
  }
}

/** The worker as its slot sees it: idle only once that has lasted. */
function occupantOf(worker: Worker): SlotOccupant {
  return {
    get idleSinceMs() {
      const { idleSinceMs } = worker;
      return idleSinceMs !== undefined && performance.now() - idleSinceMs >= keptIdleMs
        ? idleSinceMs
        : undefined;
    },
    end: () => worker.end(),
    retire: () => worker.retire(),
  };
}
