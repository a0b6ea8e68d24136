import type { ServerResponse } from "node:http";

/** For a client to read what an ended stream last said. */
const lastReadMs = 500;

// A reader that does not keep up loses notifications rather than filling our memory.
const maxUnreadBytes = 1024 * 1024;
const eventHead = Buffer.from("event: message\ndata: ");
const eventEnd = Buffer.from("\n\n");

/** Begins a Server-Sent Events answer that no proxy holds back or keeps. */
export function openEventStream(res: ServerResponse): void {
  res.writeHead(200, {
    "content-type": "text/event-stream",
    "cache-control": "no-store",
    "x-accel-buffering": "no",
  });
  res.flushHeaders();
}

/** Sends one message, given in parts that hold no line end. */
export function sendEvent(res: ServerResponse, parts: readonly Buffer[]): void {
  res.write(Buffer.concat([eventHead, ...parts, eventEnd]));
}

/** As `sendEvent`, for what may be lost. */
export function sendNotification(res: ServerResponse, message: Buffer): void {
  if (takesMore(res)) sendEvent(res, [message]);
}

/** A comment, which keeps proxies from taking the stream for dead. */
export function sendKeepAlive(res: ServerResponse): void {
  if (takesMore(res)) res.write(": keep-alive\n\n");
}

/** Ends the stream, and breaks the connection of a client that does not read to its end: it would keep it open. */
export function endAfterGrace(res: ServerResponse): void {
  res.end();
  setTimeout(() => res.destroy(), lastReadMs).unref();
}

function takesMore(res: ServerResponse): boolean {
  return !res.writableEnded && !res.destroyed && res.writableLength < maxUnreadBytes;
}
