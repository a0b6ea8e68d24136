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
