import type { IncomingMessage } from "node:http";
import type { Authenticated, CallerSession } from "../auth/authenticator.ts";
import { HttpError } from "../http/http-error.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { isSupported } from "../protocol-versions.ts";
import { unsupportedVersion } from "./unsupported-version.ts";

/**
 * The session that the request names. Throws a 400 HttpError when it names none, and a 404 when there is no such one.
 */
export function requireSession(
  req: IncomingMessage,
  authenticated: Authenticated,
  idJson = "null",
): CallerSession {
  if (authenticated.session !== undefined) return authenticated.session;
  if (req.headers["mcp-session-id"] === undefined) {
    throw new HttpError(
      400,
      errorCodes.serverError,
      "The Mcp-Session-Id header is missing. Send initialize first, and its session id with every later request.",
      { idJson },
    );
  }
  throw new HttpError(
    404,
    errorCodes.sessionNotFound,
    "There is no such session, or it has ended. Send initialize to open a new one.",
    { idJson },
  );
}

/** Throws a 400 HttpError when the MCP-Protocol-Version header names an unsupported revision; none is fine. */
export function requireSupportedVersion(req: IncomingMessage, idJson = "null"): void {
  const version = req.headers["mcp-protocol-version"];
  if (typeof version === "string" && !isSupported(version)) throw unsupportedVersion(version, idJson);
}
