import type { ServerResponse } from "node:http";

/** Up to here a copy is cheaper than a second buffer for the socket. */
const smallBytes = 16 * 1024;

/** Answers with one JSON message, given in parts. */
export function sendJson(res: ServerResponse, status: number, parts: readonly Buffer[]): void {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  res.writeHead(status, { "content-type": "application/json", "content-length": length });
  if (length <= smallBytes) {
    // As Latin-1 the bytes stay what they are, and node joins head and body into one string and one plain write.
    res.end(parts.map((part) => part.toString("latin1")).join(""), "latin1");
    return;
  }
  for (const part of parts) res.write(part);
  res.end();
}
