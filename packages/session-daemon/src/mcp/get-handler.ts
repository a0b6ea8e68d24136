import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticated } from "../auth/authenticator.ts";
import type { ListeningStream, OpenExchanges } from "../session/active-exchanges.ts";
import { HttpListeningStream } from "./standalone-stream.ts";
import { accepted } from "../http/content-negotiation.ts";
import { errorCodes, Refusal } from "../http/http-error.ts";
import { requireSession, requireSupportedVersion } from "./request-checks.ts";

/** `GET /mcp`: an event stream for what the server has to say of its own accord. */
export class GetHandler {
  readonly #exchanges: OpenExchanges;
  readonly #opened: (stream: ListeningStream) => void;

  /** `opened` is told of every stream. */
  constructor(exchanges: OpenExchanges, opened: (stream: ListeningStream) => void) {
    this.#exchanges = exchanges;
    this.#opened = opened;
  }

  handle(req: IncomingMessage, res: ServerResponse, authenticated: Authenticated): void {
    if (!accepted(req.headers.accept).sse) {
      throw new Refusal(406, errorCodes.refused, "Accept text/event-stream: GET answers with nothing else.");
    }
    requireSupportedVersion(req);
    const session = requireSession(req, authenticated);
    const stream = new HttpListeningStream(authenticated.owner, session.hash, res);
    this.#exchanges.addStream(stream);
    res.once("close", () => this.#exchanges.deleteStream(stream));
    this.#opened(stream);
  }
}
