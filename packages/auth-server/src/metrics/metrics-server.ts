import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { adminPaths } from "@fjmcp/shared/ipc/admin";
import { createPublicServer } from "@fjmcp/shared/http-server/public-server";
import { isLoopbackHost } from "@fjmcp/shared/net/loopback";
import type { Scrape } from "./scrape.ts";

/** A scraper needs one; a program that opens many is cut off. */
const maxConnections = 32;

/**
 * The optional server of metrics on a loopback port: `GET /metrics` alone. A request must name a loopback host, so that no
 * page can read it through a browser on this machine (DNS rebinding). The caller starts to listen and closes it.
 */
export function createMetricsServer(
  scrape: Scrape,
  events: { requestFailed(failure: { path: string; error: unknown }): void },
): Server {
  const server = createPublicServer((req, res) => void respond(req, res));
  server.maxConnections = maxConnections;
  return server;

  async function respond(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const path = req.url?.split("?", 1)[0];
    if (!namesLoopback(req)) return send(res, 403, "Name a loopback host.\n");
    if (path !== adminPaths.metrics) return send(res, 404, "There is nothing here.\n");
    if (req.method !== "GET" && req.method !== "HEAD") {
      res.setHeader("allow", "GET, HEAD");
      return send(res, 405, "Use GET.\n");
    }
    try {
      send(res, 200, await scrape.text(), scrape.contentType);
    } catch (error) {
      events.requestFailed({ path: adminPaths.metrics, error });
      send(res, 500, "The metrics cannot be read.\n");
    }
  }
}

function namesLoopback({ headers: { host = "" } }: IncomingMessage): boolean {
  const url = `http://${host}`;
  return URL.canParse(url) && isLoopbackHost(new URL(url).hostname);
}

function send(res: ServerResponse, status: number, text: string, contentType = "text/plain"): void {
  const length = Buffer.byteLength(text);
  res.writeHead(status, {
    "content-type": contentType,
    "content-length": length,
    "x-content-type-options": "nosniff",
  });
  res.end(text);
}
