import { HttpError } from "../../http/http-error.ts";
import { errorCodes } from "../../jsonrpc/error-codes.ts";

/** The probe by which a client of a stateless revision of MCP asks for capabilities before anything else. */
const probe = "server/discover";

/**
 * Throws a 400 HttpError for the probe outside a session. This status with this code, and no other, makes all known
 * clients fall back to `initialize`. Inside a session the method is −32601 like any that is not forwarded.
 */
export function rejectDiscovery(method: string, hasSession: boolean, idJson: string): void {
  if (method !== probe || hasSession) return;
  throw new HttpError(400, errorCodes.methodNotFound, "This method is not offered here. Send initialize.", {
    idJson,
  });
}
