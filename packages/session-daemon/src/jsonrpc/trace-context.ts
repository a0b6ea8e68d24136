import { isJsonObject } from "./lossless-json.ts";

type Params = Readonly<Record<string, unknown>>;

/** The HTTP headers of W3C Trace Context; a repeated one is joined with commas, and so not valid. */
export interface TraceHeaders {
  readonly traceparent?: string | string[] | undefined;
  readonly tracestate?: string | string[] | undefined;
}

/** W3C Trace Context §3.2.2: of version 00 nothing may follow the flags; a later version may add fields. */
const traceparentFormat =
  /^(?:00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}|(?!00|ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-[!-~]{0,128})?)$/;
/** §3.3.1: at most 32 members, `key=value`, separated by commas; an empty member is allowed. */
const tracestateMember =
  /^[ \t]*(?:[a-z0-9][a-z0-9_*/-]{0,240}(?:@[a-z][a-z0-9_*/-]{0,13})?=[ -+\--<>-~]{0,255}[!-+\--<>-~])?[ \t]*$/;
const maxTracestateLength = 512;
const maxTracestateMembers = 32;

/**
 * The params with the client's trace context in `_meta`, as the child may use it (MCP, SEP-414): that of the client's own
 * `_meta` when it is valid, else that of the HTTP headers, else none. All else of `_meta` is kept. Without a trace context
 * anywhere, `params` itself.
 */
export function withTraceContext(params: Params | undefined, headers: TraceHeaders): Params | undefined {
  const meta = params?._meta;
  const own = isJsonObject(meta) ? (meta as Params) : undefined;
  const hasOwn = own !== undefined && ("traceparent" in own || "tracestate" in own);
  if (!hasOwn && headers.traceparent === undefined) return params;
  // What is in the place of `_meta` is the child's to reject.
  if (meta !== undefined && own === undefined) return params;
  const source: Params | TraceHeaders = isTraceparent(own?.traceparent) ? own : headers;
  const { traceparent: _, tracestate: __, ...rest } = own ?? {};
  if (!isTraceparent(source.traceparent)) return hasOwn ? { ...params, _meta: rest } : params;
  const { traceparent, tracestate } = source;
  return {
    ...params,
    _meta: { ...rest, traceparent, ...(isTracestate(tracestate) && { tracestate }) },
  };
}

/** The trace id of params that `withTraceContext` has returned: 32 hex digits. */
export function traceIdOf(params: Params | undefined): string | undefined {
  const meta = params?._meta;
  const traceparent = isJsonObject(meta) ? (meta as Params).traceparent : undefined;
  return typeof traceparent === "string" ? traceparent.slice(3, 35) : undefined;
}

function isTraceparent(value: unknown): value is string {
  return typeof value === "string" && traceparentFormat.test(value);
}

function isTracestate(value: unknown): value is string {
  if (typeof value !== "string" || value === "" || value.length > maxTracestateLength) return false;
  const members = value.split(",");
  return members.length <= maxTracestateMembers && members.every((member) => tracestateMember.test(member));
}
