import type { IncomingMessage } from "node:http";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import type { Events } from "../events.ts";
import { HttpError } from "../http/http-error.ts";
import { retryAfter } from "../retry-after.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { InvalidMessageError } from "../jsonrpc/invalid-message-error.ts";
import { CallError } from "../worker/call.ts";
import { unauthorized } from "./unauthorized.ts";

/** Maps whatever a request fails with to its error response. */
export class HttpErrorMapper {
  readonly #issuer: string;
  readonly #events: Events;

  constructor(issuer: string, events: Events) {
    this.#issuer = issuer;
    this.#events = events;
  }

  /** Logs what is not part of the response, with a reference. `idJson`: the id of the request, for errors that have none. */
  map(req: IncomingMessage, error: unknown, idJson = "null"): HttpError {
    if (error instanceof HttpError) return error;
    if (error instanceof InvalidMessageError) {
      return new HttpError(400, error.code, error.message, { idJson: error.idJson });
    }
    if (error instanceof CallError && error.kind === "token_rejected") {
      return unauthorized(this.#issuer, req, "invalid_token", idJson);
    }
    const reference = this.#events.requestFailed(error);
    if (error instanceof StoreUnavailableError) {
      return new HttpError(
        503,
        errorCodes.serverError,
        `The server cannot reach its store just now. Try again in a few seconds. Reference: ${reference}`,
        { headers: retryAfter("storeUnavailable"), idJson },
      );
    }
    return new HttpError(
      500,
      errorCodes.internal,
      `Something went wrong here. Try again; if it stays, tell the administrator this reference: ${reference}`,
      { idJson },
    );
  }
}
