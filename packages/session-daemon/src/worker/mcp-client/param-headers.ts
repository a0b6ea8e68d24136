import { isJsonObject } from "../../jsonrpc/lossless-json.ts";
import type { ParamHeader } from "../param-header.ts";

/** By the name of the tool; tools without such headers are left out. */
export type ParamHeaders = ReadonlyMap<string, readonly ParamHeader[]>;

const maxDepth = 16;
const token = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

/** Those that the pages of the child's list of tools declare (`x-mcp-header`). */
export function paramHeadersOf(pages: readonly unknown[]): ParamHeaders {
  const headers = new Map<string, readonly ParamHeader[]>();
  for (const page of pages) {
    const tools = isJsonObject(page) ? page.tools : undefined;
    for (const tool of Array.isArray(tools) ? (tools as unknown[]) : []) {
      if (!isJsonObject(tool) || typeof tool.name !== "string") continue;
      const found: ParamHeader[] = [];
      collectParamHeaders(tool.inputSchema, [], found);
      if (found.length > 0) headers.set(tool.name, found);
    }
  }
  return headers;
}

function collectParamHeaders(schema: unknown, path: readonly string[], found: ParamHeader[]): void {
  if (!isJsonObject(schema) || !isJsonObject(schema.properties) || path.length >= maxDepth) return;
  for (const [key, property] of Object.entries(schema.properties)) {
    const ofProperty = [...path, key];
    const header = isJsonObject(property) ? paramHeader(property, ofProperty) : undefined;
    if (header !== undefined) found.push(header);
    collectParamHeaders(property, ofProperty, found);
  }
}

function paramHeader(
  { type, "x-mcp-header": name }: Readonly<Record<string, unknown>>,
  path: readonly string[],
): ParamHeader | undefined {
  if (typeof name !== "string" || !token.test(name)) return undefined;
  if (type !== "string" && type !== "integer" && type !== "boolean") return undefined;
  return { name: `mcp-param-${name.toLowerCase()}`, path, type };
}
