/** RFC 9110 §7.6.1; also `Expect`, to which this server has replied itself before anything is forwarded. */
const hopByHop: ReadonlySet<string> = new Set([
  "connection",
  "expect",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

const cookies: ReadonlySet<string> = new Set(["cookie", "set-cookie"]);

/** Headers that `Connection` must not remove: without its length, a GET's body would be parsed as the next request. */
const neverDropped: ReadonlySet<string> = new Set(["content-length", "host"]);

/**
 * `rawHeaders` without the hop-by-hop headers and those that `Connection` lists, and without cookies: those are of the
 * auth-server's pages, whose origin the session-daemon shares.
 */
export function endToEndHeaders(rawHeaders: readonly string[]): string[] {
  const kept: string[] = [];
  const named = new Set<string>();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name, value] = [rawHeaders[index] ?? "", rawHeaders[index + 1] ?? ""];
    const lower = name.toLowerCase();
    if (lower === "connection") {
      for (const item of value.toLowerCase().split(",")) named.add(item.trim());
    }
    if (!hopByHop.has(lower) && !cookies.has(lower)) kept.push(name, value);
  }
  named.delete("keep-alive");
  return named.size === 0 ? kept : without(kept, named);
}

function without(headers: readonly string[], names: ReadonlySet<string>): string[] {
  return headers.filter((_, index) => {
    const name = (headers[index - (index % 2)] ?? "").toLowerCase();
    return neverDropped.has(name) || !names.has(name);
  });
}
