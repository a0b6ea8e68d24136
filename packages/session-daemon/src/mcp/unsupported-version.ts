import { HttpError } from "../http/http-error.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";

/** A 400 HttpError that lists the revisions of MCP that would do; `requested` is the one that the client named. */
export function unsupportedVersion(
  requested: unknown,
  supported: readonly string[],
  idJson: string,
): HttpError {
  return new HttpError(
    400,
    errorCodes.unsupportedVersion,
    `This protocol version is not supported here; these are: ${supported.join(", ")}.`,
    { idJson, data: { supported, requested } },
  );
}
