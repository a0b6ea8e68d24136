import { childErrorCodes, errorCodes, isReservedCode } from "../../jsonrpc/error-codes.ts";
import { isJsonObject, parseLosslessJson } from "../../jsonrpc/lossless-json.ts";
import type { Era } from "../../protocol-versions.ts";

interface ErrorForClient {
  readonly status: number;
  /** The error as JSON text; the child's own bytes unless its code had to change. */
  readonly error: Buffer;
}

/**
 * A child's error for a client of a stateless revision (MCP 2026-07-28, "Error Codes"). Codes of earlier revisions and those
 * that only the protocol's own parties may use are replaced, but a missing capability is passed on from a child that knows
 * them. `error` is JSON text of limited size.
 */
export function errorForClient(error: Buffer, childEra: Era): ErrorForClient {
  const text = error.toString("utf8");
  const parsed = parse(text);
  if (!isJsonObject(parsed)) return { status: 200, error };
  const code = Number(JSON.stringify(parsed.code));
  if (code === errorCodes.methodNotFound) return { status: 404, error };
  if (code === errorCodes.missingClientCapability && childEra === "stateless" && namesCapabilities(parsed)) {
    return { status: 400, error };
  }
  const replaced = replacementOf(code);
  if (replaced === undefined) return { status: 200, error };
  return { status: 200, error: Buffer.from(JSON.stringify({ ...parsed, code: replaced })) };
}

/** The code in place of one that a client of a stateless revision must not get; undefined for any other. */
function replacementOf(code: number): number | undefined {
  if (code === childErrorCodes.resourceNotFound) return errorCodes.invalidParams;
  const isUnknown = isReservedCode(code) || code === childErrorCodes.urlElicitationRequired;
  return isUnknown ? errorCodes.internal : undefined;
}

function namesCapabilities({ data }: Readonly<Record<string, unknown>>): boolean {
  return isJsonObject(data) && isJsonObject(data.requiredCapabilities);
}

function parse(text: string): unknown {
  try {
    return parseLosslessJson(text);
  } catch {
    return undefined;
  }
}
