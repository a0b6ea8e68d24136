import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { Authenticated } from "../auth/authenticator.ts";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import type { OpenExchanges } from "../session/active-exchanges.ts";
import type { WorkerPool } from "../worker/worker-pool.ts";
import { CallAnswer, type AnswerContext } from "./call-response.ts";
import type { Accepted } from "../http/content-negotiation.ts";
import { errorCodes, Refusal } from "../http/http-error.ts";
import { unauthorized } from "./unauthorized.ts";

/** Takes clients' calls to the workers and their answers back. */
export class CallRunner {
  readonly #pool: WorkerPool;
  readonly #exchanges: OpenExchanges;
  readonly #context: AnswerContext;

  constructor(issuer: string, pool: WorkerPool, exchanges: OpenExchanges) {
    this.#pool = pool;
    this.#exchanges = exchanges;
    this.#context = {
      unauthorized: () => unauthorized(issuer, "invalid_token"),
      settled: (answer) => exchanges.deleteCall(answer),
    };
  }

  /** Runs the request and answers on `res`. Throws a 400 Refusal when its id is in flight in this session. */
  run(
    { caller, owner }: Authenticated,
    session: Hash,
    request: ClientRequest,
    res: ServerResponse,
    accepted: Accepted,
  ): void {
    const { idText } = request;
    const answer = new CallAnswer(owner, session, idText, res, accepted, this.#context);
    if (!this.#exchanges.addCall(answer)) {
      throw new Refusal(400, errorCodes.invalidRequest, "A request with this id is still in flight.", {
        idText,
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
