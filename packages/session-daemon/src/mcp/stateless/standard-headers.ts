import type { IncomingHttpHeaders } from "node:http";
import { statelessVersion, supportedVersions } from "../../protocol-versions.ts";
import { unsupportedVersion } from "../unsupported-version.ts";
import { headerMismatch } from "./header-mismatch.ts";
import { decodeHeaderValue } from "./header-value.ts";

/** The parameter that Mcp-Name repeats, by method. */
const namedParameter: ReadonlyMap<string, "name" | "uri"> = new Map([
  ["tools/call", "name"],
  ["prompts/get", "name"],
  ["resources/read", "uri"],
]);

interface CheckedMessage {
  readonly method: string;
  readonly params: Readonly<Record<string, unknown>> | undefined;
  readonly idJson: string;
}

/**
 * Throws a 400 HttpError with −32020 when a standard header is missing or disagrees with the body, and with −32022 when the
 * revision is not supported (MCP 2026-07-28, "Request Metadata"). A disagreement is reported first, then the revision,
 * then what is missing.
 */
export function checkStandardHeaders(
  headers: IncomingHttpHeaders,
  message: CheckedMessage,
  version: string,
): void {
  checkRepeatedHeaders(headers, message, version);
  const { idJson } = message;
  if (headers["mcp-protocol-version"] === undefined)
    throw headerMismatch("MCP-Protocol-Version is missing.", idJson);
  if (headers["mcp-method"] === undefined) throw headerMismatch("Mcp-Method is missing.", idJson);
  checkName(headers, message);
}

/** As `checkStandardHeaders`, for a notification, which needs no headers; `version` is undefined when its body names none. */
export function checkRepeatedHeaders(
  headers: IncomingHttpHeaders,
  { method, idJson }: CheckedMessage,
  version: string | undefined,
): void {
  const versionHeader = headerValue(headers, "mcp-protocol-version");
  if (version !== undefined && versionHeader !== undefined && versionHeader !== version) {
    throw headerMismatch("MCP-Protocol-Version is not the version that the body's _meta names.", idJson);
  }
  const methodHeader = headerValue(headers, "mcp-method");
  if (methodHeader !== undefined && methodHeader !== method) {
    throw headerMismatch("Mcp-Method is not the body's method.", idJson);
  }
  const named = version ?? versionHeader;
  if (named !== undefined && named !== statelessVersion) {
    throw unsupportedVersion(named, supportedVersions, idJson);
  }
}

function checkName(headers: IncomingHttpHeaders, { method, params, idJson }: CheckedMessage): void {
  const parameter = namedParameter.get(method);
  if (parameter === undefined) return;
  const expected = params?.[parameter];
  const header = headerValue(headers, "mcp-name");
  if (header === undefined) {
    if (typeof expected === "string") throw headerMismatch("Mcp-Name is missing.", idJson);
    return;
  }
  const name = decodeHeaderValue(header);
  if (name === undefined) throw headerMismatch("Mcp-Name has invalid characters or encoding.", idJson);
  if (name !== expected) throw headerMismatch(`Mcp-Name is not the body's params.${parameter}.`, idJson);
}

/** Node joins repeated headers of these names, so that none is an array. */
function headerValue(headers: IncomingHttpHeaders, name: string): string | undefined {
  return headers[name] as string | undefined;
}
