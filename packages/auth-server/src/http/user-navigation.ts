import type { IncomingMessage, ServerResponse } from "node:http";
import { callbackPath, isResumePath } from "../paths.ts";

/** The values of a browser's own navigation to a page (Fetch Metadata §2); other browsers send none of these headers. */
const navigation = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" } as const;
/** Set on what a browser loads ahead, before the user has asked for it. */
const ahead = ["sec-purpose", "purpose", "x-purpose", "x-moz"] as const;

function isUserNavigation({ method, headers }: IncomingMessage): boolean {
  return (
    method === "GET" &&
    Object.entries(navigation).every(([name, value]) => (headers[name] ?? value) === value) &&
    ahead.every((name) => !/prefetch|prerender|preview/i.test(String(headers[name] ?? "")))
  );
}

/**
 * Replies 403 and returns true when the path acts at a GET, as the last steps of a login do, and the request is not the
 * user's own navigation: link scanners and browsers request such URLs by themselves.
 */
export function rejectBackgroundRequest(req: IncomingMessage, res: ServerResponse, path: string): boolean {
  if ((path !== callbackPath && !isResumePath(path)) || isUserNavigation(req)) return false;
  res.writeHead(403, { "cache-control": "no-store", "content-type": "text/plain; charset=utf-8" });
  res.end("This address works only when the browser itself opens it as a page.\n");
  return true;
}
