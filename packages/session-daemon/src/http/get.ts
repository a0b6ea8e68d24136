import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticated, OwnSession } from "../auth/authenticate.ts";
import type { ListeningStream, OpenExchanges } from "../session/open-exchanges.ts";
import { HttpListeningStream } from "./listening-stream.ts";
import { accepted } from "./media-types.ts";
import { errorCodes, Refusal } from "./refusal.ts";
import { requireSession, requireSupportedVersion } from "./request-checks.ts";

/** `GET /mcp`: an event stream for what the server has to say of its own accord. */
export class GetHandler {
  readonly #exchanges: OpenExchanges;
  readonly #keepAliveMs: number;
  readonly #used: (session: OwnSession) => void;
  readonly #opened: (stream: ListeningStream) => void;

  /** `used` is told of every session that a stream is opened for, `opened` of every stream. */
  constructor(
    exchanges: OpenExchanges,
    keepAliveMs: number,
    used: (session: OwnSession) => void,
    opened: (stream: ListeningStream) => void,
  ) {
    this.#exchanges = exchanges;
    this.#keepAliveMs = keepAliveMs;
    this.#used = used;
    this.#opened = opened;
  }

  handle(req: IncomingMessage, res: ServerResponse, authenticated: Authenticated): void {
    if (!accepted(req.headers.accept).sse) {
      throw new Refusal(406, errorCodes.refused, "Accept text/event-stream: GET answers with nothing else.");
    }
    requireSupportedVersion(req);
    const session = requireSession(req, authenticated);
    this.#used(session);
    // Not the caller itself: it holds the access token, which nobody keeps.
    const { grantId, accountId, clientId } = authenticated.caller;
    const owner = { grantId, accountId, clientId };
    const stream = new HttpListeningStream(owner, session.hash, res, this.#keepAliveMs);
    this.#exchanges.addStream(stream);
    res.once("close", () => this.#exchanges.deleteStream(stream));
    this.#opened(stream);
  }
}
