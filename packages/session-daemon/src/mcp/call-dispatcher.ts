import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { Authenticated, CallerSession } from "../auth/authenticator.ts";
import type { AcceptedTypes } from "../http/content-negotiation.ts";
import { HttpError, sendHttpError } from "../http/http-error.ts";
import { whileOpen } from "../http/while-open.ts";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { withTraceContext, type TraceHeaders } from "../jsonrpc/trace-context.ts";
import type { CallObserver } from "../observation/call-observer.ts";
import { isListMethod } from "../policy/filter-list.ts";
import { accessKey } from "../policy/tool-access.ts";
import type { ActiveExchanges } from "../session/active-exchanges.ts";
import type { SessionLogLevels } from "../session/session-log-levels.ts";
import { CallError } from "../worker/call.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import { CallResponse, type ResponseContext } from "./call-response.ts";
import type { HttpErrorMapper } from "./http-error-mapper.ts";
import type { ListCalls } from "./list-calls.ts";
import type { PolicyGate } from "./policy-gate.ts";
import type { RequestAuthentication } from "./request-authentication.ts";
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
  readonly levels: SessionLogLevels;
  readonly observer: CallObserver;
  readonly authentication: RequestAuthentication;
  readonly errors: HttpErrorMapper;
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
  readonly #authentication: RequestAuthentication;
  readonly #errors: HttpErrorMapper;
  readonly #context: ResponseContext;
  readonly #statelessContext: StatelessResponseContext;

  constructor(deps: CallDispatcherDeps) {
    const { issuer, pool, exchanges, gate, lists, streams, levels, observer, authentication, errors } = deps;
    this.#observer = observer;
    this.#authentication = authentication;
    this.#errors = errors;
    this.#pool = pool;
    this.#exchanges = exchanges;
    this.#gate = gate;
    this.#lists = lists;
    const revoked = (req: IncomingMessage, idJson?: string) =>
      unauthorized(issuer, req, "invalid_token", idJson);
    const childEra = () => pool.childEra;
    this.#context = {
      streams,
      childEra,
      logLevel: (session) => levels.of(session),
      unauthorized: revoked,
      onCompleted: (response) => exchanges.deleteCall(response),
    };
    this.#statelessContext = {
      unauthorized: revoked,
      additions: (owner, method) => additionsFor(method, pool.keptResult(owner)?.serverInfo),
      childEra,
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
    const response = this.#statelessResponse(authenticated, request, res, accepted);
    this.#dispatch(authenticated, request, response, res);
  }

  /** Responds with the error to a request without a session that cannot run. */
  failStateless(
    authenticated: Authenticated,
    posted: ClientRequest,
    res: ServerResponse,
    accepted: AcceptedTypes,
    error: CallError,
  ): void {
    const request = traced(posted, res.req.headers);
    this.#statelessResponse(authenticated, request, res, accepted).failed(error);
  }

  #statelessResponse(
    { owner }: Authenticated,
    request: ClientRequest,
    res: ServerResponse,
    accepted: AcceptedTypes,
  ): StatelessResponse {
    const observed = this.#observer.onCall(owner, undefined, request);
    return new StatelessResponse(owner, request, res, accepted, this.#statelessContext, observed);
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
        this.#start(authenticated, request, response, res);
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

  #start(
    authenticated: Authenticated,
    request: ClientRequest,
    response: DispatchedResponse,
    { req }: ServerResponse,
  ): void {
    const recheck = () => this.#recheck(authenticated, request, req);
    const call = isListMethod(request.method)
      ? this.#lists.call(authenticated, request.method, request, response, recheck)
      : this.#pool.call(authenticated.caller, request, response, recheck);
    if (call !== undefined) response.hold(call);
  }

  /** After a start of the daemon, the first worker's handshake tells which tool table is the child's. */
  async #startWhenReady(
    authenticated: Authenticated,
    request: ClientRequest,
    response: DispatchedResponse,
    res: ServerResponse,
  ): Promise<void> {
    // A client that has only disconnected may resume its stream (MCP, "Disconnection"); one without a session has cancelled.
    const signal = response instanceof StatelessResponse ? whileOpen(res) : neverAborted;
    try {
      await this.#pool.initializeResult(authenticated.caller, signal);
      const current = await this.#authentication.renew(res.req);
      if (response.isCompleted) return;
      const rejection = this.#gate.check(current, request, res.req);
      if (rejection === undefined) this.#start(current, request, response, res);
      else response.failed(rejection);
    } catch (error) {
      if (response.isCompleted) return;
      if (error instanceof HttpError && !res.headersSent) {
        response.drop("rejected");
        sendHttpError(res, error);
      } else response.failed(this.#callErrorFor(error, request, res.req));
    }
  }

  /**
   * For a call that has waited for a worker: the error if it must not run any more, as its grant was narrowed or revoked
   * meanwhile. A list would be filtered by what was allowed before.
   */
  async #recheck(
    { access }: Authenticated,
    request: ClientRequest,
    req: IncomingMessage,
  ): Promise<CallError | undefined> {
    try {
      const current = await this.#authentication.renew(req);
      const hasChanged = accessKey(current.access) !== accessKey(access);
      if (hasChanged && isListMethod(request.method)) return accessChanged();
      return this.#gate.check(current, request, req);
    } catch (error) {
      return this.#callErrorFor(error, request, req);
    }
  }

  #callErrorFor(error: unknown, { idJson }: ClientRequest, req: IncomingMessage): CallError {
    if (error instanceof CallError) return error;
    const { code, message, status } = this.#errors.map(req, error, idJson);
    const isRejected = error instanceof HttpError;
    return new CallError(
      status === 401 ? "token_rejected" : isRejected ? "rejected" : "failed",
      code,
      message,
    );
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

function accessChanged(): CallError {
  return new CallError(
    "rejected",
    errorCodes.serverError,
    "What this connection may use has just changed. Request the list again.",
  );
}
