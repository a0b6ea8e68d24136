import { unsupportedVersion } from "../unsupported-version.ts";

/**
 * Throws a 400 HttpError for a message of a stateless revision of MCP, which names its revision in `_meta`. The error
 * lists the supported revisions, which makes the client fall back to `initialize`.
 */
export function rejectVersionClaim(
  params: Readonly<Record<string, unknown>> | undefined,
  idJson = "null",
): void {
  const meta = params?._meta;
  const claim =
    typeof meta === "object" && meta !== null
      ? (meta as Record<string, unknown>)["io.modelcontextprotocol/protocolVersion"]
      : undefined;
  if (claim !== undefined) throw unsupportedVersion(claim, idJson);
}
