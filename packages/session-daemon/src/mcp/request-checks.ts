import type { IncomingMessage } from "node:http";
import type { Authenticated, CallerSession } from "../auth/authenticator.ts";
import { isSupported, protocolVersions } from "../session/protocol-versions.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { HttpError } from "../http/http-error.ts";

/** The session that the request names, else a 400 HttpError when it names none and a 404 when there is no such one. */
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

/** Throws a 400 HttpError when the MCP-Protocol-Version header names a revision that is not spoken here. */
export function requireSupportedVersion(req: IncomingMessage, idJson = "null"): void {
  const version = req.headers["mcp-protocol-version"];
  if (typeof version === "string" && !isSupported(version)) throw unsupportedVersion(version, idJson);
}

/**
 * Throws a 400 HttpError for a message of a stateless revision, which claims its revision in `_meta`: the list of what
 * is spoken here makes its client fall back to `initialize`.
 */
export function requireNoVersionClaim(
  params: Readonly<Record<string, unknown>> | undefined,
  idJson = "null",
): void {
  const meta = params?.["_meta"];
  const claim =
    typeof meta === "object" && meta !== null
      ? (meta as Record<string, unknown>)["io.modelcontextprotocol/protocolVersion"]
      : undefined;
  if (claim !== undefined) throw unsupportedVersion(claim, idJson);
}

function unsupportedVersion(requested: unknown, idJson: string): HttpError {
  return new HttpError(
    400,
    errorCodes.unsupportedVersion,
    `This protocol version is not spoken here; these are: ${protocolVersions.join(", ")}.`,
    { idJson, data: { supported: protocolVersions, requested } },
  );
}
