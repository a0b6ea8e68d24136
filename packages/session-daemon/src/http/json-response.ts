import type { ServerResponse } from "node:http";

/** Up to here a copy is cheaper than a second buffer for the socket. */
const smallBytes = 16 * 1024;

/** Answers with one JSON message, given in parts. */
export function sendJson(res: ServerResponse, status: number, parts: readonly Buffer[]): void {
  let length = 0;
  for (const part of parts) length += part.length;
  res.writeHead(status, { "content-type": "application/json", "content-length": length });
  if (length <= smallBytes) {
    // As Latin-1 the bytes stay what they are, and node joins head and body into one string and one plain write.
    let text = "";
    for (const part of parts) text += part.toString("latin1");
    res.end(text, "latin1");
    return;
  }
  for (const part of parts) res.write(part);
  res.end();
}
