import type { IncomingMessage } from "node:http";
import type { Authenticated, OwnSession } from "../auth/authenticator.ts";
import { isSupported, protocolVersions } from "../session/protocol-versions.ts";
import { errorCodes, Refusal } from "../http/http-error.ts";

/** The session that the request names, else a 400 Refusal when it names none and a 404 when there is no such one. */
export function requireSession(
  req: IncomingMessage,
  authenticated: Authenticated,
  idText = "null",
): OwnSession {
  if (authenticated.session !== undefined) return authenticated.session;
  if (req.headers["mcp-session-id"] === undefined) {
    throw new Refusal(
      400,
      errorCodes.refused,
      "The Mcp-Session-Id header is missing. Send initialize first, and its session id with every later request.",
      { idText },
    );
  }
  throw new Refusal(
    404,
    errorCodes.sessionNotFound,
    "There is no such session, or it has ended. Send initialize to open a new one.",
    { idText },
  );
}

/** Throws a 400 Refusal when the MCP-Protocol-Version header names a revision that is not spoken here. */
export function requireSupportedVersion(req: IncomingMessage, idText = "null"): void {
  const version = req.headers["mcp-protocol-version"];
  if (typeof version === "string" && !isSupported(version)) throw unsupportedVersion(version, idText);
}

/**
 * Throws a 400 Refusal for a message of a stateless revision, which claims its revision in `_meta`: the list of what
 * is spoken here makes its client fall back to `initialize`.
 */
export function requireNoVersionClaim(
  params: Readonly<Record<string, unknown>> | undefined,
  idText = "null",
): void {
  const meta = params?.["_meta"];
  const claim =
    typeof meta === "object" && meta !== null
      ? (meta as Record<string, unknown>)["io.modelcontextprotocol/protocolVersion"]
      : undefined;
  if (claim !== undefined) throw unsupportedVersion(claim, idText);
}

function unsupportedVersion(requested: unknown, idText: string): Refusal {
  return new Refusal(
    400,
    errorCodes.unsupportedVersion,
    `This protocol version is not spoken here; these are: ${protocolVersions.join(", ")}.`,
    { idText, data: { supported: protocolVersions, requested } },
  );
}
