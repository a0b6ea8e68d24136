import type { ServerResponse } from "node:http";

/** Up to this size a copy is cheaper than a second write to the socket. */
const smallBytes = 16 * 1024;

/** Sends one JSON message, given in chunks, as the whole response. */
export function sendJson(res: ServerResponse, status: number, chunks: readonly Buffer[]): void {
  let length = 0;
  for (const chunk of chunks) length += chunk.length;
  res.writeHead(status, { "content-type": "application/json", "content-length": length });
  if (length <= smallBytes) {
    // Latin-1 keeps the bytes unchanged, and Node joins head and body into one string and one write.
    let text = "";
    for (const chunk of chunks) text += chunk.toString("latin1");
    res.end(text, "latin1");
    return;
  }
  for (const chunk of chunks) res.write(chunk);
  res.end();
}
