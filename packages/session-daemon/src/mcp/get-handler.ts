import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticated } from "../auth/authenticator.ts";
import { acceptedTypes } from "../http/content-negotiation.ts";
import { HttpError } from "../http/http-error.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import type { StandaloneStream, ActiveExchanges } from "../session/active-exchanges.ts";
import { requireSession, requireSupportedVersion } from "./request-checks.ts";
import type { ResumableStreams } from "./resumable-streams.ts";
import { HttpStandaloneStream } from "./standalone-stream.ts";

/** `GET /mcp`: opens an event stream for messages of the server that belong to no request, or resumes an event stream. */
export class GetHandler {
  readonly #exchanges: ActiveExchanges;
  readonly #streams: ResumableStreams;
  readonly #onOpened: (stream: StandaloneStream) => void;

  /** `onOpened` is called for every standalone stream. */
  constructor(
    exchanges: ActiveExchanges,
    streams: ResumableStreams,
    onOpened: (stream: StandaloneStream) => void,
  ) {
    this.#exchanges = exchanges;
    this.#streams = streams;
    this.#onOpened = onOpened;
  }

  async handle(req: IncomingMessage, res: ServerResponse, authenticated: Authenticated): Promise<void> {
    if (!acceptedTypes(req.headers.accept).sse) {
      throw new HttpError(
        406,
        errorCodes.serverError,
        "Accept text/event-stream: GET responds with nothing else.",
      );
    }
    requireSupportedVersion(req);
    const session = requireSession(req, authenticated);
    const lastEventId = req.headers["last-event-id"];
    if (
      typeof lastEventId === "string" &&
      this.#streams.resume(lastEventId, session.hash, authenticated.owner, res)
    )
      return;
    const { protocolVersion } = session.record;
    const stream = new HttpStandaloneStream(authenticated.owner, session.hash, protocolVersion, res, {
      streams: this.#streams,
      onEnded: (ended) => this.#exchanges.deleteStream(ended),
    });
    this.#exchanges.addStream(stream);
    this.#onOpened(stream);
  }
}
