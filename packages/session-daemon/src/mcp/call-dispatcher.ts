import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { Authenticated } from "../auth/authenticator.ts";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import type { ActiveExchanges } from "../session/active-exchanges.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import { CallResponse, type ResponseContext } from "./call-response.ts";
import type { AcceptedTypes } from "../http/content-negotiation.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { HttpError } from "../http/http-error.ts";
import { unauthorized } from "./unauthorized.ts";

/** Takes clients' calls to the workers and their answers back. */
export class CallDispatcher {
  readonly #pool: WorkerPool;
  readonly #exchanges: ActiveExchanges;
  readonly #context: ResponseContext;

  constructor(issuer: string, pool: WorkerPool, exchanges: ActiveExchanges) {
    this.#pool = pool;
    this.#exchanges = exchanges;
    this.#context = {
      unauthorized: () => unauthorized(issuer, "invalid_token"),
      settled: (answer) => exchanges.deleteCall(answer),
    };
  }

  /** Runs the request and answers on `res`. Throws a 400 HttpError when its id is in flight in this session. */
  run(
    { caller, owner }: Authenticated,
    session: Hash,
    request: ClientRequest,
    res: ServerResponse,
    accepted: AcceptedTypes,
  ): void {
    const { idJson } = request;
    const answer = new CallResponse(owner, session, idJson, res, accepted, this.#context);
    if (!this.#exchanges.addCall(answer)) {
      throw new HttpError(400, errorCodes.invalidRequest, "A request with this id is still in flight.", {
        idJson,
      });
    }
    try {
      answer.run(this.#pool, caller, request);
    } catch (error) {
      this.#exchanges.deleteCall(answer);
      throw error;
    }
  }

  /** `notifications/cancelled`: cancels the call of this session with exactly that id; another, or none, is ignored. */
  cancel(session: Hash, params: Readonly<Record<string, unknown>>): void {
    const { requestId, reason } = params;
    this.#exchanges
      .findCall(session, JSON.stringify(requestId))
      ?.cancel(typeof reason === "string" ? reason : undefined);
  }
}
