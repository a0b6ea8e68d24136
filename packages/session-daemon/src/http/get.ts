import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticated } from "../auth/authenticate.ts";
import type { ListeningStream, OpenExchanges } from "../session/open-exchanges.ts";
import { HttpListeningStream } from "./listening-stream.ts";
import { accepted } from "./media-types.ts";
import { errorCodes, Refusal } from "./refusal.ts";
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
