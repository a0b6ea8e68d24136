import type { IncomingMessage } from "node:http";
import type { Authenticated, CallerSession } from "../auth/authenticator.ts";
import { HttpError } from "../http/http-error.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { isSupported, protocolVersions } from "../protocol-versions.ts";
import { namesStatelessVersion } from "./stateless/era-of.ts";
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

/**
 * Throws an HttpError when the MCP-Protocol-Version header names a revision without sessions, which has nothing but posted
 * messages (405), or an unsupported one (400); none is fine.
 */
export function requireSupportedVersion(req: IncomingMessage, idJson = "null"): void {
  const version = req.headers["mcp-protocol-version"];
  if (namesStatelessVersion(req.headers)) {
    throw req.method === "POST"
      ? new HttpError(
          400,
          errorCodes.invalidRequest,
          "In this protocol version nothing asks for responses.",
          {
            idJson,
          },
        )
      : new HttpError(405, errorCodes.serverError, "In this protocol version there is only POST.", {
          headers: { allow: "POST, OPTIONS" },
        });
  }
  if (typeof version === "string" && !isSupported(version)) {
    throw unsupportedVersion(version, protocolVersions, idJson);
  }
}
