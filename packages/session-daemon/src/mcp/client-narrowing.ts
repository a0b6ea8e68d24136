import type { IncomingHttpHeaders } from "node:http";
import { defaultToolsets, toolsets } from "@fjmcp/shared/oauth/toolsets";
import type { Authenticated } from "../auth/authenticator.ts";
import { HttpError } from "../http/http-error.ts";
import { errorCodes } from "../jsonrpc/error-codes.ts";
import { allToolsets, toolsetBit, toolsetMask, type ToolsetMask } from "../policy/toolset-mask.ts";

const yes: ReadonlySet<string> = new Set(["", "1", "t", "true", "y", "yes", "on"]);
const no: ReadonlySet<string> = new Set(["0", "f", "false", "n", "no", "off"]);
/** Names that stand for several toolsets. */
const groups: ReadonlyMap<string, ToolsetMask> = new Map([
  ["all", allToolsets],
  ["default", toolsetMask(defaultToolsets)],
]);

/**
 * The authentication with no more access than the client asks for itself: by `toolsets` and `readonly` in the query of the
 * endpoint's URL, and by the headers `X-MCP-Toolsets` and `X-MCP-Readonly`. All of them apply, and none gives more access.
 * Throws a 400 HttpError for a value that it does not know.
 */
export function narrow(
  authenticated: Authenticated,
  query: string,
  headers: IncomingHttpHeaders,
): Authenticated {
  const ofHeaders = { toolsets: headers["x-mcp-toolsets"], readonly: headers["x-mcp-readonly"] };
  if (query === "" && ofHeaders.toolsets === undefined && ofHeaders.readonly === undefined)
    return authenticated;
  const parameters = new URLSearchParams(query);
  const lists = [...valuesOf(parameters, "toolsets"), ...listed(ofHeaders.toolsets)];
  const flags = [...valuesOf(parameters, "readonly"), ...listed(ofHeaders.readonly)];
  const mask = lists.reduce((all, list) => all & maskOf(list), allToolsets);
  const isReadOnly = flags.map(isSet).includes(true);
  if (mask === allToolsets && !isReadOnly) return authenticated;
  const { access } = authenticated;
  return {
    ...authenticated,
    access: {
      canWrite: access.canWrite && !isReadOnly,
      toolsets: access.toolsets & mask,
      requestedWrite: access.requestedWrite,
      narrowing: { granted: access, toolsets: mask, isReadOnly },
    },
  };
}

/** The values of all parameters with this name, in any case: one that is missed would leave the client all that it has. */
function valuesOf(parameters: URLSearchParams, name: string): string[] {
  return [...parameters].filter(([key]) => key.toLowerCase() === name).map(([, value]) => value);
}

/** Node joins a repeated header of these names with commas. An empty one is none. */
function listed(header: string | string[] | undefined): readonly string[] {
  const value = Array.isArray(header) ? header.join(",") : (header ?? "");
  return value.trim() === "" ? [] : [value];
}

/** Names separated by commas, in any case, with `_` for `-`. None is all. */
function maskOf(list: string): ToolsetMask {
  const names = list
    .split(",")
    .map((name) => name.trim())
    .filter(Boolean);
  if (names.length === 0) return allToolsets;
  let mask = 0;
  for (const name of names) {
    const known = name.toLowerCase().replaceAll("_", "-");
    const bits = groups.get(known) ?? toolsetBit(known);
    if (bits === 0)
      throw badRequest(`A toolset is not known here. Known are ${toolsets.join(", ")}; and all, default.`);
    mask |= bits;
  }
  return mask;
}

function isSet(flag: string): boolean {
  const values = flag.split(",").map((value) => value.trim().toLowerCase());
  if (values.every((value) => no.has(value))) return false;
  if (values.every((value) => no.has(value) || yes.has(value))) return true;
  throw badRequest("readonly must be true or false.");
}

function badRequest(message: string): HttpError {
  return new HttpError(400, errorCodes.invalidRequest, message);
}
