import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { ClientRequest } from "../jsonrpc/client-message.ts";
import { CallsInFlight } from "../session/calls-in-flight.ts";
import type { OpenExchanges } from "../session/open-exchanges.ts";
import type { Caller, WorkerPool } from "../worker/worker-pool.ts";
import { CallAnswer } from "./call-answer.ts";
import type { Accepted } from "./media-types.ts";
import { errorCodes, Refusal } from "./refusal.ts";
import { unauthorized } from "./unauthorized.ts";

/** Takes clients' calls to the workers and their answers back. */
export class CallRunner {
  readonly #issuer: string;
  readonly #pool: WorkerPool;
  readonly #exchanges: OpenExchanges;
  readonly #keepAliveMs: number;
  readonly #inFlight = new CallsInFlight<{
    cancel: (reason?: string) => void;
    readonly isAbandoned: boolean;
  }>();

  constructor(issuer: string, pool: WorkerPool, exchanges: OpenExchanges, keepAliveMs: number) {
    this.#issuer = issuer;
    this.#pool = pool;
    this.#exchanges = exchanges;
    this.#keepAliveMs = keepAliveMs;
  }

  /** Runs the request and answers on `res`. Throws a 400 Refusal when its id is in flight in this session. */
  run(caller: Caller, session: Hash, request: ClientRequest, res: ServerResponse, accepted: Accepted): void {
    const { idText } = request;
    let cancel: (reason?: string) => void = () => {};
    const entry = {
      cancel: (reason?: string) => cancel(reason),
      get isAbandoned() {
        return res.destroyed;
      },
    };
    if (!this.#inFlight.add(session, idText, entry)) {
      throw new Refusal(400, errorCodes.invalidRequest, "A request with this id is still in flight.", {
        idText,
      });
    }
    const answer = new CallAnswer({
      owner: caller,
      session,
      res,
      accepted,
      idText,
      keepAliveMs: this.#keepAliveMs,
      unauthorized: () => unauthorized(this.#issuer, "invalid_token"),
      settled: () => {
        this.#inFlight.delete(session, idText, entry);
        this.#exchanges.deleteCall(answer);
      },
    });
    this.#exchanges.addCall(answer);
    const call = this.#pool.call(caller, request, answer);
    cancel = (reason) => {
      call.cancel(reason);
      answer.cancelled();
    };
  }

  /** `notifications/cancelled`: cancels the call of this session with exactly that id; another, or none, is ignored. */
  cancel(session: Hash, params: Readonly<Record<string, unknown>>): void {
    const { requestId, reason } = params;
    this.#inFlight
      .get(session, JSON.stringify(requestId))
      ?.cancel(typeof reason === "string" ? reason : undefined);
  }
}
