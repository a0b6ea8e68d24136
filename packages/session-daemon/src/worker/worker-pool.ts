import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type {
  CheckChildRequest,
  CheckChildResponse,
  StartWorkerResponse,
  WorkerEntry,
} from "@fjmcp/shared/ipc/control";
import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import type { AuthenticatedCaller } from "../auth/authenticated-caller.ts";
import type { Principal } from "@fjmcp/shared/principal";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import type { Era } from "../protocol-versions.ts";
import type { Call, CallError, CallSink, Recheck } from "./call.ts";
import type { SessionWorkers } from "./session-workers.ts";
import type { UpstreamToken } from "./upstream-token.ts";
import type { ParamHeader } from "./param-header.ts";

/** The workers of all grants on this host. */
export interface WorkerPool {
  /** Undefined where the sessions of a grant share its workers. */
  readonly sessions: SessionWorkers | undefined;
  /**
   * The child's `initialize` result as clients get it. Starts a worker if the grant has
   * none, and waits for it only when no result is kept yet: else the start goes on in the background, and its failure is
   * met by the first call. Rejects with CallError, or with the signal's reason.
   */
  initializeResult(caller: AuthenticatedCaller, signal: AbortSignal): Promise<InitializeResult>;
  /** What the children turned out to speak; `sessions` until that is known. */
  readonly childEra: Era;
  /** The result that is kept of the account's child; undefined before its first worker is ready. */
  keptResult(owner: Principal): InitializeResult | undefined;
  /**
   * The headers in which a client repeats arguments of the tool. A promise only for the first call of a grant and after a
   * change of its tools: it waits for a worker, while `signal`, which is called only then, is not aborted. Rejects as `initializeResult`.
   */
  paramHeaders(
    caller: AuthenticatedCaller,
    tool: string,
    signal: () => AbortSignal,
  ): readonly ParamHeader[] | Promise<readonly ParamHeader[]>;
  /**
   * Runs a request on a worker of the caller's grant, or on that of the sink's session where sessions have their own;
   * errors arrive at the sink. Never sent to a child twice. `recheck` is called if the call has to wait for a worker.
   */
  call(caller: AuthenticatedCaller, request: ClientRequest, sink: CallSink, recheck?: Recheck): Call;
  /**
   * Starts a worker for the grant with this Forgejo token, before the first call; never makes another worker end for it.
   */
  start(owner: Principal, token: UpstreamToken): StartWorkerResponse["status"];
  /**
   * The error with which each call of the account must fail at the moment; undefined when it may run. To be called for each
   * request that has its response without a worker: it starts the check of the user that is due.
   */
  rejection(owner: Principal): CallError | undefined;
  /**
   * Makes the grant's child report changes of a resource, which a client is subscribed to by the state of GrantClients already.
   * Starts a worker if the grant has none. Resolves once the child has accepted, or with the JSON-RPC error of the child.
   * Rejects with CallError.
   */
  subscribe(caller: AuthenticatedCaller, uri: string): Promise<object | undefined>;
  /** No client of the grant is subscribed to the resource any more. */
  unsubscribe(grantId: GrantId, uri: string): void;
  /**
   * Sends a request of the broker itself to the grant's worker, whose response changes nothing. Without a worker nothing
   * is sent: a new one is set up by the state of GrantClients. Nor is it to a child of a revision without sessions.
   */
  requestIgnoringResponse(grantId: GrantId, method: string, params: Readonly<Record<string, unknown>>): void;
  /** Ends the workers of all grants that match; resolves with their number once their process groups are gone. */
  end(matches: (owner: Principal) => boolean): Promise<number>;
  /**
   * The Forgejo tokens of these grants of the account were replaced: their workers accept no further call, finish those in
   * flight and end; waiting calls go to new workers. Returns the number of workers that retire.
   */
  retire(accountId: AccountId, grants: readonly GrantId[]): number;
  /** The grants with a live or starting worker. */
  liveGrants(): readonly GrantId[];
  /** The workers that have completed their handshake. */
  list(): readonly WorkerEntry[];
  /**
   * Ends one worker; its calls fail, its grant goes on with another one. Resolves once the process is gone, with false
   * when there is no worker with this pid.
   */
  endWorker(pid: number): Promise<boolean>;
  /** Starts a worker with a meaningless token, and ends it once its tools are listed. */
  checkChild(request: CheckChildRequest): Promise<CheckChildResponse>;
  /** How many workers are not ready yet. */
  startingCount(): number;
  counts(): { live: number; idle: number; waiting: number };
  /** Drains calls in flight for at most `drainMs`, then ends every worker. */
  stop(drainMs: number): Promise<void>;
}
