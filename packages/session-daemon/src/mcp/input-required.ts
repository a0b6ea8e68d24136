import { chunksInclude, type Chunks } from "../jsonrpc/chunks.ts";
import { isJsonObject } from "../jsonrpc/lossless-json.ts";
import { parseChildResponse } from "../jsonrpc/parse-child-json.ts";

const word = Buffer.from('"input_required"');

/**
 * Whether a child's response is no result yet: the client is to repeat the request with more input, or later (MCP 2026-07-28,
 * "Multi Round-Trip Requests"). Only a response that has the word is parsed.
 */
export function isInputRequired(chunks: readonly Buffer[]): boolean {
  if (!chunksInclude(chunks as Chunks, word)) return false;
  const result = parseChildResponse(Buffer.concat(chunks))?.result;
  return isJsonObject(result) && result.resultType === "input_required";
}
