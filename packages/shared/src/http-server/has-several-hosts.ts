/**
 * Whether a request has several Host headers, which RFC 9112 §3.2 forbids: a proxy may go by another one than we do.
 * node:http keeps the first, and rejects a request of HTTP/1.1 without any by itself.
 */
export function hasSeveralHosts({ rawHeaders }: { readonly rawHeaders: readonly string[] }): boolean {
  let hosts = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = rawHeaders[i]!;
    if (name.length === 4 && name.toLowerCase() === "host") hosts += 1;
  }
  return hosts > 1;
}
