import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { Authenticated, CallerSession } from "../auth/authenticator.ts";
import type { AcceptedTypes } from "../http/content-negotiation.ts";
import { HttpError } from "../http/http-error.ts";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import type { ActiveExchanges } from "../session/active-exchanges.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import { CallResponse, type ResponseContext } from "./call-response.ts";
import type { ResumableStreams } from "./resumable-streams.ts";
import { unauthorized } from "./unauthorized.ts";

/** Runs clients' calls on the workers, and finds the calls that clients cancel. */
export class CallDispatcher {
  readonly #pool: WorkerPool;
  readonly #exchanges: ActiveExchanges;
  readonly #context: ResponseContext;

  constructor(issuer: string, pool: WorkerPool, exchanges: ActiveExchanges, streams: ResumableStreams) {
    this.#pool = pool;
    this.#exchanges = exchanges;
    this.#context = {
      streams,
      unauthorized: (req) => unauthorized(issuer, req, "invalid_token"),
      onCompleted: (response) => exchanges.deleteCall(response),
    };
  }

  /** Runs the request and responds on `res`. Throws a 400 HttpError when its id is in flight in this session. */
  run(
    { caller, owner }: Authenticated,
    session: CallerSession,
    request: ClientRequest,
    res: ServerResponse,
    accepted: AcceptedTypes,
  ): void {
    const { idJson } = request;
    const response = new CallResponse(owner, session, idJson, res, accepted, this.#context);
    if (!this.#exchanges.addCall(response)) {
      throw new HttpError(400, errorCodes.invalidRequest, "A request with this id is still in flight.", {
        idJson,
      });
    }
    try {
      response.hold(this.#pool.call(caller, request, response));
    } catch (error) {
      this.#exchanges.deleteCall(response);
      throw error;
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
