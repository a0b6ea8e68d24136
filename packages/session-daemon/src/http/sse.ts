import type { ServerResponse } from "node:http";

/** Time for a client to read the last event of an ended stream. */
const lastReadMs = 500;

/** A client that reads too slowly loses notifications instead of filling our memory. */
const maxUnreadBytes = 1024 * 1024;
const eventHead = Buffer.from("event: message\ndata: ");
const eventEnd = Buffer.from("\n\n");

/** Begins a response of Server-Sent Events that no proxy buffers or caches. */
export function openEventStream(res: ServerResponse): void {
  res.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  res.flushHeaders();
}

/** Sends one message, given in chunks that contain no line end. */
export function sendEvent(res: ServerResponse, chunks: readonly Buffer[]): void {
  res.write(Buffer.concat([eventHead, ...chunks, eventEnd]));
}

/** As `sendEvent`, but drops the message when too much waits to be sent; then false. */
export function sendNotification(res: ServerResponse, message: Buffer): boolean {
  const isSent = hasRoom(res);
  if (isSent) sendEvent(res, [message]);
  return isSent;
}

/** Sends a comment, so that no proxy closes the stream as idle. */
export function sendKeepAlive(res: ServerResponse): void {
  if (hasRoom(res)) res.write(": keep-alive\n\n");
}

/** Ends the stream. Closes the connection 500 ms later if the client has not read to the end: it would stay open. */
export function endAfterGrace(res: ServerResponse): void {
  res.end();
  setTimeout(() => res.destroy(), lastReadMs).unref();
}

/** Whether a message that a client may miss can be sent. */
export function hasRoom(res: ServerResponse): boolean {
  return !res.writableEnded && !res.destroyed && res.writableLength < maxUnreadBytes;
}
