import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { parseRequestTarget } from "@fjmcp/shared/net/request-target";
import type {
  Authenticated,
  AuthenticationResult,
  Authenticator,
  CallerSession,
} from "../auth/authenticator.ts";
import type { SessionWorkers } from "../worker/session-workers.ts";
import { narrow } from "./client-narrowing.ts";
import { namesStatelessVersion } from "./stateless/era-of.ts";
import { unauthorized } from "./unauthorized.ts";

/** Authenticates HTTP requests: their token, the session that they name, and what the client narrows for itself. */
export class RequestAuthentication {
  readonly #issuer: string;
  readonly #authenticator: Authenticator;
  readonly #sessionWorkers: SessionWorkers | undefined;

  /** `sessionWorkers` is undefined where the sessions of a grant share its workers. */
  constructor(issuer: string, authenticator: Authenticator, sessionWorkers: SessionWorkers | undefined) {
    this.#issuer = issuer;
    this.#authenticator = authenticator;
    this.#sessionWorkers = sessionWorkers;
  }

  /** As `Authenticator.authenticate`, by the headers of the request. */
  verify({ headers }: IncomingMessage): AuthenticationResult | Promise<AuthenticationResult> {
    return this.#authenticator.authenticate(headers.authorization, sessionIdOf(headers));
  }

  /** What a verified request may use. Throws an HttpError: 401, 403, or 400 for a narrowing that is not known. */
  accept(req: IncomingMessage, result: AuthenticationResult): Authenticated {
    if (typeof result !== "object") throw unauthorized(this.#issuer, req, result);
    return narrow(this.#withoutEnded(result), parseRequestTarget(req.url)?.query ?? "", req.headers);
  }

  /**
   * What a request that had to wait may use now: its grant may have been narrowed or revoked, and its session have ended.
   * A cache hit returns at once. Throws and rejects as `accept`, and with StoreUnavailableError.
   */
  renew(req: IncomingMessage): Authenticated | Promise<Authenticated> {
    const result = this.verify(req);
    return result instanceof Promise
      ? result.then((verified) => this.accept(req, verified))
      : this.accept(req, result);
  }

  /** As `Authenticator.beforeSession`, for a session that this request opens. */
  beforeSession({ headers }: IncomingMessage): (sessionId: string, session: CallerSession) => void {
    return this.#authenticator.beforeSession(headers.authorization);
  }

  /** A session ends with the worker that it has to itself. */
  #withoutEnded(result: Authenticated): Authenticated {
    const { owner, session } = result;
    const sessionWorkers = this.#sessionWorkers;
    const hasEnded =
      sessionWorkers !== undefined && session !== undefined && !sessionWorkers.isOpen(owner, session.hash);
    return hasEnded ? { ...result, session: undefined } : result;
  }
}

/** Undefined in a revision without sessions: to look one up would give it to the grant of this request. */
function sessionIdOf(headers: IncomingHttpHeaders): string | undefined {
  const sessionId = headers["mcp-session-id"];
  // Node joins a repeated header of this name with commas, so it is never an array.
  return typeof sessionId === "string" && !namesStatelessVersion(headers) ? sessionId : undefined;
}
