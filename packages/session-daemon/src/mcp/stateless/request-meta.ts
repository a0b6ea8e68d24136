import { isMcpLogLevel, mcpLogLevels, type McpLogLevel } from "@fjmcp/shared/mcp-log-level";
import { HttpError } from "../../http/http-error.ts";
import { errorCodes } from "../../jsonrpc/error-codes.ts";
import { isJsonObject } from "../../jsonrpc/lossless-json.ts";
import { metaKeys } from "../../meta-keys.ts";
import { isStatelessVersion } from "../../protocol-versions.ts";

type Params = Readonly<Record<string, unknown>> | undefined;

/** The message names its revision in `_meta`, validly or not: it is one of a stateless revision. */
export function hasVersionClaim(params: Params): boolean {
  const meta = params?._meta;
  return isJsonObject(meta) && metaKeys.protocolVersion in meta;
}

/**
 * The revision that a notification names; undefined for none. Throws a 400 HttpError with −32602 when it is not a string.
 */
export function claimedVersion(params: Params): string | undefined {
  const meta = params?._meta;
  if (!isJsonObject(meta) || !(metaKeys.protocolVersion in meta)) return undefined;
  const version = meta[metaKeys.protocolVersion];
  if (typeof version === "string") return version;
  throw new HttpError(
    400,
    errorCodes.invalidParams,
    `The _meta field ${metaKeys.protocolVersion} is not a string.`,
  );
}

/** The message has valid `_meta` of a stateless revision. */
export function hasValidRequestMeta(params: Params): boolean {
  const meta = params?._meta;
  return (
    isJsonObject(meta) &&
    faultOf(meta) === undefined &&
    isStatelessVersion(meta[metaKeys.protocolVersion] as string)
  );
}

/**
 * The revision that a request names. Throws a 400 HttpError with −32602 when one of the required `_meta` fields is missing,
 * or one is malformed (MCP 2026-07-28, "Per-request protocol fields").
 */
export function requireRequestMeta(params: Params, idJson: string): string {
  const meta = params?._meta;
  const fault = isJsonObject(meta) ? faultOf(meta) : "is missing";
  if (fault === undefined) return (meta as Record<string, string>)[metaKeys.protocolVersion]!;
  throw new HttpError(
    400,
    errorCodes.invalidParams,
    `The params' _meta ${fault}. A request of this protocol version carries ${metaKeys.protocolVersion} and ${metaKeys.clientCapabilities} there.`,
    { idJson },
  );
}

/** The level of log messages that a valid request wants; undefined for none. */
export function requestedLogLevel(params: Params): McpLogLevel | undefined {
  const meta = params?._meta;
  return isJsonObject(meta) ? (meta[metaKeys.logLevel] as McpLogLevel | undefined) : undefined;
}

/** Completes "the `_meta` …"; undefined for valid `_meta`. */
function faultOf(meta: Readonly<Record<string, unknown>>): string | undefined {
  for (const key of [metaKeys.protocolVersion, metaKeys.clientCapabilities]) {
    if (!(key in meta)) return `lacks ${key}`;
  }
  if (typeof meta[metaKeys.protocolVersion] !== "string") {
    return `has a ${metaKeys.protocolVersion} that is not a string`;
  }
  if (!isJsonObject(meta[metaKeys.clientCapabilities])) {
    return `has ${metaKeys.clientCapabilities} that are not an object`;
  }
  const info = meta[metaKeys.clientInfo];
  if (info !== undefined && !isImplementation(info)) {
    return `has a ${metaKeys.clientInfo} without a name and a version`;
  }
  const level = meta[metaKeys.logLevel];
  return level !== undefined && !isMcpLogLevel(level)
    ? `has a ${metaKeys.logLevel} that is none of ${mcpLogLevels.join(", ")}`
    : undefined;
}

function isImplementation(info: unknown): boolean {
  return isJsonObject(info) && typeof info.name === "string" && typeof info.version === "string";
}
