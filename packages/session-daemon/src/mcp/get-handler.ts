import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticated } from "../auth/authenticator.ts";
import type { StandaloneStream, ActiveExchanges } from "../session/active-exchanges.ts";
import { HttpStandaloneStream } from "./standalone-stream.ts";
import { accepted } from "../http/content-negotiation.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { HttpError } from "../http/http-error.ts";
import { requireSession, requireSupportedVersion } from "./request-checks.ts";

/** `GET /mcp`: an event stream for what the server has to say of its own accord. */
export class GetHandler {
  readonly #exchanges: ActiveExchanges;
  readonly #opened: (stream: StandaloneStream) => void;

  /** `opened` is told of every stream. */
  constructor(exchanges: ActiveExchanges, opened: (stream: StandaloneStream) => void) {
    this.#exchanges = exchanges;
    this.#opened = opened;
  }

  handle(req: IncomingMessage, res: ServerResponse, authenticated: Authenticated): void {
    if (!accepted(req.headers.accept).sse) {
      throw new HttpError(
        406,
        errorCodes.serverError,
        "Accept text/event-stream: GET answers with nothing else.",
      );
    }
    requireSupportedVersion(req);
    const session = requireSession(req, authenticated);
    const stream = new HttpStandaloneStream(authenticated.owner, session.hash, res);
    this.#exchanges.addStream(stream);
    res.once("close", () => this.#exchanges.deleteStream(stream));
    this.#opened(stream);
  }
}
