/**
 * The text of a request to `/mcp`, to be written to a socket as a whole or in parts; the head alone without `body`. A
 * content-length in `headers` replaces that of the body.
 */
export function rawRequest(method: string, headers: Readonly<Record<string, string>>, body?: string): string {
  const length = body === undefined ? {} : { "content-length": String(Buffer.byteLength(body)) };
  const all = Object.entries({ host: "x", ...length, ...headers });
  return `${method} /mcp HTTP/1.1\r\n${all.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${body ?? ""}`;
}
