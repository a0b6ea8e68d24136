import type { InitializeResult } from "@modelcontextprotocol/sdk/types.js";
import { isJsonObject } from "../../jsonrpc/lossless-json.ts";
import { maxSubscribedUriLength } from "../../worker/subscription-limits.ts";
import type { ListKind } from "../../worker/call.ts";

/** More than any client shows; each is a subscription of its own. */
export const maxSubscribedResources = 100;

/** The types of notifications of one `subscriptions/listen` (MCP 2026-07-28, "Notification Filter"). */
export interface NotificationFilter {
  readonly lists: readonly ListKind[];
  /** URIs. */
  readonly resources: readonly string[];
}

const listNames: readonly (readonly [name: string, kind: ListKind])[] = [
  ["toolsListChanged", "tools"],
  ["promptsListChanged", "prompts"],
  ["resourcesListChanged", "resources"],
];

/**
 * The part of the requested filter that a child with these capabilities can honour. Undefined when the filter is not valid,
 * or names too many resources, or one by a URI that is too long.
 */
export function acceptedFilter(
  requested: unknown,
  capabilities: InitializeResult["capabilities"],
): NotificationFilter | undefined {
  if (!isJsonObject(requested)) return undefined;
  const wants = listNames.map(([name]) => requested[name] ?? false);
  if (!wants.every((value) => typeof value === "boolean")) return undefined;
  const uris = requested.resourceSubscriptions ?? [];
  if (!isListOfStrings(uris) || uris.length > maxSubscribedResources) return undefined;
  if (uris.some(({ length }) => length > maxSubscribedUriLength)) return undefined;
  return {
    lists: listNames.flatMap(([, kind], index) =>
      wants[index] === true && capabilities[kind]?.listChanged === true ? [kind] : [],
    ),
    resources: capabilities.resources?.subscribe === true ? [...new Set(uris)] : [],
  };
}

/** The filter in the form of the protocol. */
export function serializableFilter({ lists, resources }: NotificationFilter): Record<string, unknown> {
  const names = listNames.filter(([, kind]) => lists.includes(kind)).map(([name]) => [name, true] as const);
  return {
    ...Object.fromEntries(names),
    ...(resources.length === 0 ? {} : { resourceSubscriptions: resources }),
  };
}

/** The methods of the filter's notifications. */
export function notificationMethods({ lists, resources }: NotificationFilter): ReadonlySet<string> {
  const methods = lists.map((kind) => `notifications/${kind}/list_changed`);
  return new Set(resources.length === 0 ? methods : [...methods, "notifications/resources/updated"]);
}

function isListOfStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}
