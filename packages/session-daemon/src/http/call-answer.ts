import type { ServerResponse } from "node:http";
import type { Hash } from "@fjmcp/shared/ids";
import type { ExchangeOwner, OpenExchange } from "../session/open-exchanges.ts";
import type { CallError, CallSink } from "../worker/worker-pool.ts";
import { endSoon, openEventStream, sendEvent, sendKeepAlive, sendNotification } from "./event-stream.ts";
import { sendJson } from "./json-answer.ts";
import type { Accepted } from "./media-types.ts";
import { errorCodes, errorResponse, sendRefusal, type Refusal } from "./refusal.ts";

/**
 * The HTTP answer to one posted request: plain JSON when the response is the first thing that comes, an event stream
 * from the first notification or keep-alive on. A client that takes only JSON gets the response alone. When the client
 * goes away, what comes later is dropped: a lost connection cancels nothing (MCP, "Disconnection").
 */
export class CallAnswer implements CallSink, OpenExchange {
  readonly owner: ExchangeOwner;
  readonly session: Hash;
  readonly #res: ServerResponse;
  readonly #accepted: Accepted;
  readonly #idText: string;
  readonly #unauthorized: () => Refusal;
  readonly #settled: () => void;
  #keepAlive: NodeJS.Timeout | undefined;
  #streaming = false;
  #done = false;

  constructor(parts: {
    owner: ExchangeOwner;
    session: Hash;
    res: ServerResponse;
    accepted: Accepted;
    idText: string;
    keepAliveMs: number;
    /** What to answer when the grant has ended and no answer has begun. */
    unauthorized: () => Refusal;
    /** Called once, when nothing more will come. */
    settled: () => void;
  }) {
    this.owner = parts.owner;
    this.session = parts.session;
    this.#res = parts.res;
    this.#accepted = parts.accepted;
    this.#idText = parts.idText;
    this.#unauthorized = parts.unauthorized;
    this.#settled = parts.settled;
    if (this.#accepted.sse) {
      this.#keepAlive = setInterval(() => sendKeepAlive(this.#stream()), parts.keepAliveMs);
    }
    this.#res.once("close", () => clearInterval(this.#keepAlive));
  }

  notification(message: Buffer): void {
    if (!this.#done && this.#accepted.sse && !this.#res.destroyed) sendNotification(this.#stream(), message);
  }

  response(parts: readonly Buffer[]): void {
    if (!this.#finish()) return;
    if (this.#streaming || !this.#accepted.json) {
      sendEvent(this.#stream(), parts);
      this.#res.end();
      return;
    }
    sendJson(this.#res, 200, parts);
  }

  failed(error: CallError): void {
    if (error.kind === "token_refused") this.revoke();
    else this.#fail(error.code, error.message);
  }

  /** The client has cancelled the call and awaits no response; a stream just ends. */
  cancelled(): void {
    if (!this.#accepted.sse) this.#fail(errorCodes.refused, "The request was cancelled.");
    else if (this.#finish()) this.#stream().end();
  }

  revoke(): void {
    if (this.#streaming) {
      this.#fail(errorCodes.refused, this.#unauthorized().message);
      endSoon(this.#res);
    } else if (this.#finish()) sendRefusal(this.#res, this.#unauthorized());
  }

  #fail(code: number, message: string): void {
    this.response([errorResponse(this.#idText, code, message)]);
  }

  /** False when the answer was already settled, or nobody is there any more to read it. */
  #finish(): boolean {
    if (this.#done) return false;
    this.#done = true;
    clearInterval(this.#keepAlive);
    this.#settled();
    return !this.#res.destroyed;
  }

  #stream(): ServerResponse {
    if (!this.#streaming) {
      this.#streaming = true;
      openEventStream(this.#res);
    }
    return this.#res;
  }
}
