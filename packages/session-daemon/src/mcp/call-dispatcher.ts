import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { Authenticated, CallerSession } from "../auth/authenticator.ts";
import type { AcceptedTypes } from "../http/content-negotiation.ts";
import { HttpError, sendHttpError } from "../http/http-error.ts";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { withTraceContext, type TraceHeaders } from "../jsonrpc/trace-context.ts";
import type { CallObserver } from "../observation/call-observer.ts";
import { isListMethod } from "../policy/filter-list.ts";
import type { ActiveExchanges } from "../session/active-exchanges.ts";
import { CallError } from "../worker/call.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import { CallResponse, type ResponseContext } from "./call-response.ts";
import type { ListCalls } from "./list-calls.ts";
import type { PolicyGate } from "./policy-gate.ts";
import type { ResumableStreams } from "./resumable-streams.ts";
import { additionsFor } from "./stateless/additions-for.ts";
import { StatelessResponse, type StatelessResponseContext } from "./stateless/stateless-response.ts";
import { unauthorized } from "./unauthorized.ts";

interface CallDispatcherDeps {
  readonly issuer: string;
  readonly pool: WorkerPool;
  readonly exchanges: ActiveExchanges;
  readonly gate: PolicyGate;
  readonly lists: ListCalls;
  readonly streams: ResumableStreams;
  readonly observer: CallObserver;
}

type DispatchedResponse = CallResponse | StatelessResponse;

const neverAborted = new AbortController().signal;

/** Runs clients' calls on the workers, as far as the policy allows them, and finds the calls that clients cancel. */
export class CallDispatcher {
  readonly #pool: WorkerPool;
  readonly #exchanges: ActiveExchanges;
  readonly #gate: PolicyGate;
  readonly #lists: ListCalls;
  readonly #observer: CallObserver;
  readonly #context: ResponseContext;
  readonly #statelessContext: StatelessResponseContext;

  constructor({ issuer, pool, exchanges, gate, lists, streams, observer }: CallDispatcherDeps) {
    this.#observer = observer;
    this.#pool = pool;
    this.#exchanges = exchanges;
    this.#gate = gate;
    this.#lists = lists;
    const revoked = (req: IncomingMessage) => unauthorized(issuer, req, "invalid_token");
    this.#context = {
      streams,
      unauthorized: revoked,
      onCompleted: (response) => exchanges.deleteCall(response),
    };
    this.#statelessContext = {
      unauthorized: revoked,
      additions: (owner, method) => additionsFor(method, pool.serverInfo(owner)),
      get childEra() {
        return pool.childEra;
      },
      onCompleted: (response) => exchanges.delete(response),
    };
  }

  /**
   * Runs the request and responds on `res`. Throws a 400 HttpError when its id is in flight in this session, and a 403 one
   * when it needs a scope that the client has not requested.
   */
  run(
    authenticated: Authenticated,
    session: CallerSession,
    posted: ClientRequest,
    res: ServerResponse,
    accepted: AcceptedTypes,
  ): void {
    const request = traced(posted, res.req.headers);
    const { owner } = authenticated;
    const observed = this.#observer.onCall(owner, session.hash, request);
    const response = new CallResponse(owner, session, request.idJson, res, accepted, this.#context, observed);
    this.#dispatch(authenticated, request, response, res);
  }

  /** As `run`, for a request without a session, whose id may be in flight elsewhere. */
  runStateless(
    authenticated: Authenticated,
    posted: ClientRequest,
    res: ServerResponse,
    accepted: AcceptedTypes,
  ): void {
    const request = traced(posted, res.req.headers);
    const { owner } = authenticated;
    const observed = this.#observer.onCall(owner, undefined, request);
    const response = new StatelessResponse(owner, request, res, accepted, this.#statelessContext, observed);
    this.#dispatch(authenticated, request, response, res);
  }

  #dispatch(
    authenticated: Authenticated,
    request: ClientRequest,
    response: DispatchedResponse,
    res: ServerResponse,
  ): void {
    try {
      if (!this.#gate.isReady(authenticated)) {
        this.#add(response, request);
        void this.#startWhenReady(authenticated, request, response, res);
        return;
      }
      const rejection = this.#gate.check(authenticated, request, res.req);
      if (rejection === undefined) {
        this.#add(response, request);
        this.#start(authenticated, request, response);
      } else response.failed(rejection);
    } catch (error) {
      response.drop(error instanceof HttpError ? "rejected" : "failed");
      throw error;
    }
  }

  #add(response: DispatchedResponse, { idJson }: ClientRequest): void {
    if (!(response instanceof CallResponse)) this.#exchanges.add(response);
    else if (!this.#exchanges.addCall(response)) {
      throw new HttpError(400, errorCodes.invalidRequest, "A request with this id is still in flight.", {
        idJson,
      });
    }
  }

  #start(authenticated: Authenticated, request: ClientRequest, response: DispatchedResponse): void {
    const call = isListMethod(request.method)
      ? this.#lists.call(authenticated, request.method, request, response)
      : this.#pool.call(authenticated.caller, request, response);
    if (call !== undefined) response.hold(call);
  }

  /** After a start of the daemon, the first worker's handshake tells which tool table is the child's. */
  async #startWhenReady(
    authenticated: Authenticated,
    request: ClientRequest,
    response: DispatchedResponse,
    res: ServerResponse,
  ): Promise<void> {
    try {
      await this.#pool.initializeResult(authenticated.caller, neverAborted);
      if (response.isAbandoned) response.drop("cancelled");
      else {
        const rejection = this.#gate.check(authenticated, request, res.req);
        if (rejection === undefined) this.#start(authenticated, request, response);
        else response.failed(rejection);
      }
    } catch (error) {
      if (error instanceof CallError) response.failed(error);
      else if (error instanceof HttpError && !res.headersSent) {
        response.drop("rejected");
        sendHttpError(res, error);
      } else {
        const kind = error instanceof HttpError ? "rejected" : "failed";
        response.failed(new CallError(kind, errorCodes.serverError, (error as Error).message));
      }
    }
  }

  /**
   * `notifications/cancelled`: cancels the call of this session with exactly that id; ignores an unknown or missing id.
   */
  cancel(session: Hash, params: Readonly<Record<string, unknown>>): void {
    const { requestId, reason } = params;
    this.#exchanges
      .findCall(session, JSON.stringify(requestId))
      ?.cancel(typeof reason === "string" ? reason : undefined);
  }
}

function traced(request: ClientRequest, headers: IncomingHttpHeaders): ClientRequest {
  const params = withTraceContext(request.params, headers as TraceHeaders);
  return params === request.params ? request : { ...request, params };
}
