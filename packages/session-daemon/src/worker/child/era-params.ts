import { version } from "@fjmcp/shared/version";
import { isJsonObject } from "../../jsonrpc/lossless-json.ts";
import { metaKeys, reservedMetaPrefix } from "../../meta-keys.ts";
import { statelessVersion, type Era } from "../../protocol-versions.ts";
import type { CallSink } from "../call.ts";
import { withoutTasks } from "../without-tasks.ts";

type Params = Readonly<Record<string, unknown>>;

/** The broker as the client of a child, for requests whose own client speaks a revision with sessions. */
const ownMeta = {
  [metaKeys.protocolVersion]: statelessVersion,
  [metaKeys.clientInfo]: { name: "fjmcp", version },
  [metaKeys.clientCapabilities]: {},
};

/**
 * A request's params as a child of this era understands them: without the protocol's own `_meta` fields where the child does
 * not know them, and with them where the client does not: `client` has the level of its log messages. All else of `_meta`
 * stays. Without `task` (2025-11-25, Tasks): the broker offers no tasks, and a receiver that offers none responds as to an
 * ordinary request.
 */
export function paramsForEra(
  given: Params | undefined,
  era: Era,
  client: Pick<CallSink, "logLevel"> = {},
): Params | undefined {
  const params = given !== undefined && "task" in given ? withoutTask(given) : given;
  const meta = isJsonObject(params?._meta) ? params._meta : undefined;
  const isStateless = meta !== undefined && metaKeys.protocolVersion in meta;
  if (era === "stateless") {
    if (isStateless) return withoutClientTasks(params!, meta);
    const { logLevel } = client;
    const level = logLevel === undefined ? {} : { [metaKeys.logLevel]: logLevel };
    return { ...params, _meta: { ...meta, ...ownMeta, ...level } };
  }
  return isStateless ? withoutProtocolFields(params!, meta) : params;
}

function withoutTask(params: Params): Params {
  const { task: _, ...others } = params;
  return others;
}

/** The params of a request without what its client says of tasks; the same object when that is nothing. */
function withoutClientTasks(params: Params, meta: Params): Params {
  const capabilities = meta[metaKeys.clientCapabilities];
  const forwarded = isJsonObject(capabilities) ? withoutTasks(capabilities) : capabilities;
  if (forwarded === capabilities) return params;
  return { ...params, _meta: { ...meta, [metaKeys.clientCapabilities]: forwarded } };
}

/** The params of a child's notification without the protocol's own fields of `_meta`, which name a stream of the child. */
export function notificationParams(params: Params, era: Era): Params {
  return era === "stateless" && isJsonObject(params._meta)
    ? withoutProtocolFields(params, params._meta)
    : params;
}

function withoutProtocolFields({ _meta, ...others }: Params, meta: Params): Params {
  const kept = Object.keys(meta).filter((key) => !key.startsWith(reservedMetaPrefix));
  if (kept.length === 0) return others;
  return { ...others, _meta: Object.fromEntries(kept.map((key) => [key, meta[key]])) };
}
