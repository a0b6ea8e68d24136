import { isJsonObject } from "../jsonrpc/lossless-json.ts";
import { parseChildResponse } from "../jsonrpc/parse-child-json.ts";
import { resultChunks } from "./filtering-sink.ts";

type JsonObject = Record<string, unknown>;

const inputRequired = Buffer.from('"input_required"');
/** With more, the parser decides, which is bounded. */
const maxContentKeys = 1_000;
const contentKey = Buffer.from('"structuredContent"');

/**
 * The response of a child of 2026-07-28 as clients of earlier revisions know it: structured content that is no object becomes the
 * member `result` of one, as the SDKs convert it. `input_required`: it is no result yet, and the client is to repeat the request
 * with more input or later (MCP 2026-07-28, "Multi Round-Trip Requests"). Parsed only where its bytes have one of the two; too
 * costly to parse, it stays as it is.
 */
export function responseForSession(
  chunks: readonly Buffer[],
  idJson: string,
): readonly Buffer[] | "input_required" {
  const bytes = chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks);
  if (!bytes.includes(inputRequired) && !mayHaveOtherContent(bytes)) return chunks;
  const result = parseChildResponse(bytes)?.result;
  if (!isJsonObject(result)) return chunks;
  if (result.resultType === "input_required") return "input_required";
  const { structuredContent: content } = result;
  if (content === undefined || isJsonObject(content)) return chunks;
  return resultChunks(
    idJson,
    Buffer.from(JSON.stringify({ ...result, structuredContent: { result: content } })),
  );
}

/** A page of the list of tools of such a child, without the output schemas of anything but objects: clients reject the whole page. */
export function toolsForSession(page: JsonObject): JsonObject {
  if (!Array.isArray(page.tools)) return page;
  return { ...page, tools: page.tools.map(toolForSession) };
}

function toolForSession(tool: unknown): unknown {
  if (!isJsonObject(tool) || !("outputSchema" in tool)) return tool;
  const { outputSchema, ...others } = tool;
  return isJsonObject(outputSchema) && outputSchema.type === "object" ? tool : others;
}

function mayHaveOtherContent(bytes: Buffer): boolean {
  let found = 0;
  for (let at = bytes.indexOf(contentKey); at !== -1; at = bytes.indexOf(contentKey, at + 1)) {
    const end = at + contentKey.length;
    if (++found > maxContentKeys || !/^\s*:\s*\{/.test(bytes.toString("latin1", end, end + 64))) return true;
  }
  return false;
}
