import { foldKey } from "../jsonrpc/fold-key.ts";
import { isJsonObject } from "../jsonrpc/lossless-json.ts";

type Params = Readonly<Record<string, unknown>>;

/** What a policy decides about: tools and prompts by name, resources and templates of them by URI. */
export type SubjectKind = "tool" | "prompt" | "resource";

/** The subject of a request, or what is wrong with the request. */
type RequestedSubject = { readonly kind: SubjectKind; readonly id: string } | { readonly fault: string };

/** The subject of a request; undefined for a method that has none. */
export function requestedSubject(method: string, params: Params = {}): RequestedSubject | undefined {
  switch (method) {
    case "tools/call":
      return subject("tool", params.name, "name");
    case "prompts/get":
      return subject("prompt", params.name, "name");
    case "resources/read":
    case "resources/subscribe":
    case "resources/unsubscribe":
      return subject("resource", params.uri, "uri");
    case "completion/complete":
      return completionSubject(params);
    default:
      return undefined;
  }
}

function subject(kind: SubjectKind, id: unknown, key: string): RequestedSubject {
  return typeof id === "string" && id !== ""
    ? { kind, id }
    : { fault: `"${key}" is missing in the params, or is no string. It must name a ${kind}.` };
}

/** A child may match keys without regard to case, and let the last one win. */
function completionSubject(params: Params): RequestedSubject {
  const { ref, argument } = params;
  const isExact =
    hasExactKeys(params, ["ref", "argument", "context"]) &&
    hasExactKeys(ref, ["type", "name", "uri"]) &&
    hasExactKeys(argument, ["name", "value"]);
  if (!isExact) return { fault: 'A key of the params, of "ref" or of "argument" is in another case.' };
  if (isJsonObject(ref) && ref.type === "ref/prompt") return subject("prompt", ref.name, "ref.name");
  if (isJsonObject(ref) && ref.type === "ref/resource") return subject("resource", ref.uri, "ref.uri");
  return { fault: '"ref" in the params must be the reference of a prompt or a resource.' };
}

/** Whether none of the keys is there in another case. */
function hasExactKeys(value: unknown, keys: readonly string[]): boolean {
  if (!isJsonObject(value)) return true;
  const isMisspelt = (key: string) =>
    keys.some((exact) => exact.length === key.length && exact === foldKey(key));
  return Object.keys(value).every((key) => keys.includes(key) || !isMisspelt(key));
}
