import type { IncomingMessage } from "node:http";
import { bearerChallenge } from "../auth/bearer-challenge.ts";
import { HttpError } from "../http/http-error.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";

/**
 * The 403 by which a client learns that it must request more scopes (RFC 6750 §3.1; MCP, "Scope Challenge Handling"): the
 * challenge names all that are needed, not only the lacking one.
 */
export function insufficientScope(issuer: string, req: IncomingMessage, idJson: string): HttpError {
  return new HttpError(
    403,
    errorCodes.serverError,
    "This client has requested to read only. Nothing was done. Connect it again with the scope forgejo:write to change something.",
    { idJson, headers: { "www-authenticate": bearerChallenge(issuer, req.url, "insufficient_scope") } },
  );
}
