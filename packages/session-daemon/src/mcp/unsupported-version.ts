import { HttpError } from "../http/http-error.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { protocolVersions } from "../protocol-versions.ts";

/** A 400 HttpError that lists the supported revisions of MCP; `requested` is the one that the client named. */
export function unsupportedVersion(requested: unknown, idJson: string): HttpError {
  return new HttpError(
    400,
    errorCodes.unsupportedVersion,
    `This protocol version is not supported here; these are: ${protocolVersions.join(", ")}.`,
    { idJson, data: { supported: protocolVersions, requested } },
  );
}
