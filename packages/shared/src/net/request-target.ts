/** The target of a request line (RFC 9112 §3.2), byte for byte: nothing is decoded, resolved or joined. */
export interface RequestTarget {
  readonly path: string;
  /** With its question mark; empty when there is none. */
  readonly query: string;
}

const absoluteForm = /^https?:\/\/[^/?#]*/i;
const plainPath = /^(?=\/)(?:\/(?!\.{1,2}(?:\/|$))[\w.~-]+)*\/?$/;

/** Parses a target in origin or absolute form; undefined for any other. The host of an absolute form is ignored. */
export function parseRequestTarget(url: string | undefined): RequestTarget | undefined {
  const target = url?.startsWith("/") ? url : (url ?? "").replace(absoluteForm, "") || "/";
  if (!target.startsWith("/")) return undefined;
  const query = target.indexOf("?");
  return query === -1
    ? { path: target, query: "" }
    : { path: target.slice(0, query), query: target.slice(query) };
}

/**
 * Whether every parser reads the path in the same way: only unreserved characters (RFC 3986 §2.3), no empty, `.` or `..`
 * segment. All our paths are plain.
 */
export function isPlainPath(path: string): boolean {
  return plainPath.test(path);
}
