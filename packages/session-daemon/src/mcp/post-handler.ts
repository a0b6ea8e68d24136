import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticated } from "../auth/authenticator.ts";
import { parseClientMessage, type ClientMessage, type ClientRequest } from "../jsonrpc/client-message.ts";
import { InvalidMessageError } from "../jsonrpc/invalid-message-error.ts";
import { forwardedMethods } from "./forwarded-methods.ts";
import type { SessionOpener } from "../session/session-opener.ts";
import { CallError } from "../worker/call.ts";
import { type CallDispatcher } from "./call-dispatcher.ts";
import { openEventStream, sendEvent } from "../http/sse.ts";
import { sendJson } from "../http/json-response.ts";
import { accepted, requireJsonBody, type AcceptedTypes } from "../http/content-negotiation.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { errorResponse, HttpError } from "../http/http-error.ts";
import { ClientDisconnectedError } from "../http/request-body.ts";
import { requireNoVersionClaim, requireSession, requireSupportedVersion } from "./request-checks.ts";
import { unauthorized } from "./unauthorized.ts";
import { RequestMemoryBudget } from "../http/request-memory-budget.ts";

/** One posted message and the means to answer it. */
interface Posted {
  readonly req: IncomingMessage;
  readonly res: ServerResponse;
  readonly authenticated: Authenticated;
  readonly accepted: AcceptedTypes;
}

/** `POST /mcp`: one JSON-RPC message from the client. */
export class PostHandler {
  readonly #issuer: string;
  readonly #opener: SessionOpener;
  readonly #calls: CallDispatcher;
  readonly #uploads = new RequestMemoryBudget();

  constructor(issuer: string, opener: SessionOpener, calls: CallDispatcher) {
    this.#issuer = issuer;
    this.#opener = opener;
    this.#calls = calls;
  }

  handle(req: IncomingMessage, res: ServerResponse, authenticated: Authenticated): Promise<void> {
    requireJsonBody(req.headers);
    const takes = accepted(req.headers.accept);
    if (!takes.json && !takes.sse) {
      throw new HttpError(
        406,
        errorCodes.serverError,
        "Accept application/json and text/event-stream: the answer is one of them.",
      );
    }
    const posted: Posted = { req, res, authenticated, accepted: takes };
    return this.#uploads
      .read(authenticated.owner.accountId, req, res)
      .then((body) => this.#message(posted, parse(body)));
  }

  #message(posted: Posted, message: ClientMessage): Promise<void> | void {
    if (message.kind === "request") return this.#request(posted, message.request);
    this.#oneWay(posted, message);
  }

  #request(posted: Posted, request: ClientRequest): Promise<void> | void {
    const { req, res, authenticated } = posted;
    const { idJson, method } = request;
    requireNoVersionClaim(request.params, idJson);
    requireSupportedVersion(req, idJson);
    if (method === "initialize") return this.#initialize(posted, request);
    // A probe of newer clients: this code, and no other, makes all of them fall back to initialize.
    if (method === "server/discover" && authenticated.session === undefined) {
      throw new HttpError(
        400,
        errorCodes.methodNotFound,
        "This method is not offered here. Send initialize.",
        {
          idJson,
        },
      );
    }
    const session = requireSession(req, authenticated, idJson);
    if (method === "ping") return sendMessage(res, posted.accepted, resultResponse(idJson, {}));
    if (!forwardedMethods.has(method)) {
      const error = errorResponse(idJson, errorCodes.methodNotFound, "This method is not offered here.");
      return sendMessage(res, posted.accepted, error);
    }
    this.#calls.run(authenticated, session.hash, request, res, posted.accepted);
  }

  /** Notifications and responses, which are accepted without an answer. */
  #oneWay({ req, res, authenticated }: Posted, message: Exclude<ClientMessage, { kind: "request" }>): void {
    const method = message.kind === "notification" ? message.method : undefined;
    const params = message.kind === "notification" ? message.params : undefined;
    requireNoVersionClaim(params);
    requireSupportedVersion(req);
    // Some clients leave the session id out of this one.
    const early = method === "notifications/initialized" && req.headers["mcp-session-id"] === undefined;
    if (!early) {
      const session = requireSession(req, authenticated);
      if (method === "notifications/cancelled") this.#calls.cancel(session.hash, params ?? {});
    }
    res.writeHead(202, { "content-length": 0 });
    res.end();
  }

  async #initialize({ res, authenticated, accepted }: Posted, request: ClientRequest): Promise<void> {
    try {
      const opened = await this.#opener.open(authenticated.caller, request.params ?? {}, whileOpen(res));
      if (opened === undefined) throw unauthorized(this.#issuer, "invalid_token");
      res.setHeader("mcp-session-id", opened.sessionId);
      sendMessage(res, accepted, resultResponse(request.idJson, opened.result));
    } catch (error) {
      if (!(error instanceof CallError) || error.kind === "token_rejected") throw error;
      sendMessage(res, accepted, errorResponse(request.idJson, error.code, error.message));
    }
  }
}

function parse(body: Buffer): ClientMessage {
  if (!isUtf8(body)) throw new InvalidMessageError(errorCodes.parse, "The body is not valid UTF-8.");
  return parseClientMessage(body.toString("utf8"));
}

function resultResponse(idJson: string, result: object): Buffer {
  return Buffer.from(`{"jsonrpc":"2.0","id":${idJson},"result":${JSON.stringify(result)}}`);
}

/** Answers with one message, in the form that the client takes. */
function sendMessage(res: ServerResponse, accepted: AcceptedTypes, message: Buffer): void {
  if (accepted.json) {
    sendJson(res, 200, [message]);
    return;
  }
  openEventStream(res);
  sendEvent(res, [message]);
  res.end();
}

/** Aborted when the client goes away before it has its answer. */
function whileOpen(res: ServerResponse): AbortSignal {
  const controller = new AbortController();
  res.once("close", () => {
    if (!res.writableFinished) controller.abort(new ClientDisconnectedError());
  });
  return controller.signal;
}
