import type { IncomingHttpHeaders } from "node:http";
import { isJsonNumber, isJsonObject } from "../../jsonrpc/lossless-json.ts";
import type { ParamHeader } from "../../worker/param-header.ts";
import { headerMismatch } from "./header-mismatch.ts";
import { decodeHeaderValue } from "./header-value.ts";

/**
 * Throws a 400 HttpError with −32020 when a header that repeats an argument of a `tools/call` is missing, malformed, or
 * disagrees with the argument (MCP 2026-07-28, "Server Behavior for Custom Headers").
 */
export function checkParamHeaders(
  headers: IncomingHttpHeaders,
  declared: readonly ParamHeader[],
  args: unknown,
  idJson: string,
): void {
  for (const param of declared) {
    const header = headers[param.name] as string | undefined;
    const expected = textOf(valueAt(args, param.path));
    if (header === undefined) {
      if (expected !== undefined) throw headerMismatch(`${param.name} is missing.`, idJson);
      continue;
    }
    const decoded = decodeHeaderValue(header);
    if (decoded === undefined) {
      throw headerMismatch(`${param.name} has invalid characters or encoding.`, idJson);
    }
    if (!agrees(decoded, expected, param)) {
      throw headerMismatch(`${param.name} is not the body's argument.`, idJson);
    }
  }
}

function agrees(decoded: string, expected: string | undefined, { type }: ParamHeader): boolean {
  if (decoded === expected) return true;
  const integer = type === "integer" ? integerOf(decoded) : undefined;
  return integer !== undefined && expected !== undefined && integer === integerOf(expected);
}

/** The double next to a number; undefined for text that is none, and where many integers have the same. */
function integerOf(text: string): number | undefined {
  const value = /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

function valueAt(args: unknown, path: readonly string[]): unknown {
  let value = args;
  for (const key of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

/** Undefined for what no header repeats: null, lists and objects. */
function textOf(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "boolean" || isJsonNumber(value) ? JSON.stringify(value) : undefined;
}
