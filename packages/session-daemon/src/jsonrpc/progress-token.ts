import type { Chunks } from "./chunks.ts";
import { isJsonNumber, isJsonObject } from "./lossless-json.ts";

type Params = Readonly<Record<string, unknown>>;

/** The progress token in the params of a request, as the client's exact JSON; undefined without a valid one. */
export function progressTokenJson(params: Params | undefined): string | undefined {
  const token = metaOf(params)?.progressToken;
  return typeof token === "string" || isJsonNumber(token) ? JSON.stringify(token) : undefined;
}

/** The params with `token` in place of the client's progress token, if they have one. */
export function withProgressToken(params: Params | undefined, token: number): Params | undefined {
  const meta = metaOf(params);
  if (meta === undefined || !("progressToken" in meta)) return params;
  return { ...params, _meta: { ...meta, progressToken: token } };
}

/** What children write around the params of a progress notification. */
const plainForms = [
  ['{"jsonrpc":"2.0","method":"notifications/progress","params":{', "}}"],
  ['{"method":"notifications/progress","params":{', '},"jsonrpc":"2.0"}'],
] as const;
/** Params in ASCII, without nested values or escapes: only a member's own key can read `"progressToken":`. */
const plainParams =
  /^((?:[^\\{}[\]\r\u0080-\u00ff]*,)?)"progressToken":([1-9]\d{0,14})((?:,[^\\{}[\]\r\u0080-\u00ff]*)?)$/;
const anyToken = /"progressToken"\s*:/;
const maxPlainBytes = 512;

/** A progress notification of a child, around its token. */
interface MatchedProgress {
  readonly token: number;
  readonly before: string;
  readonly after: string;
}

/**
 * Recognises a progress notification as children write it, which is not parsed then (docs/adr/0001). Undefined: the line
 * must be parsed.
 */
export function matchProgress(line: Chunks): MatchedProgress | undefined {
  if (line.length > 1 || line[0].length > maxPlainBytes) return undefined;
  const text = line[0].toString("latin1");
  for (const [head, tail] of plainForms) {
    if (!text.startsWith(head) || !text.endsWith(tail)) continue;
    const params = plainParams.exec(text.slice(head.length, -tail.length));
    if (params === null) return undefined;
    const [, before = "", token, after = ""] = params;
    if (anyToken.test(before) || anyToken.test(after)) return undefined;
    return { token: Number(token), before: `${head}${before}"progressToken":`, after: after + tail };
  }
  return undefined;
}

/** A progress notification of a child with the client's own token restored. */
export function progressNotification(params: Params, clientTokenJson: string): string {
  const { progressToken: _, ...rest } = params;
  const members = JSON.stringify(rest).slice(1);
  const separator = members === "}" ? "" : ",";
  return `{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":${clientTokenJson}${separator}${members}}`;
}

function metaOf(params: Params | undefined): Params | undefined {
  const meta = params?._meta;
  return isJsonObject(meta) ? meta : undefined;
}
