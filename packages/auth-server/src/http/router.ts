import type { IncomingMessage, ServerResponse } from "node:http";
import { mcpPath } from "@fjmcp/shared/oauth/mcp-resource";
import type { Clock } from "@fjmcp/shared/clock";
import type { AuditEvents } from "../audit-events.ts";
import { interactionPath, isProviderPath, providerPaths } from "../paths.ts";
import { publicEndpointMethods, rejectUnsupportedMethod } from "./allowed-methods.ts";
import { handlePublicCors } from "./public-cors.ts";
import { overrideForwardedHeaders, requestTarget } from "./forwarded-headers.ts";

type Handler = (req: IncomingMessage, res: ServerResponse) => unknown;

/**
 * The one place where a request's path decides who answers it: oidc-provider's exact paths, the gateway to the
 * session-daemon, or our own pages. None of them can be told by a header what this server is called.
 */
export function createRouter(parts: {
  issuer: string;
  provider: Handler;
  mcp: Handler;
  pages: Handler;
  events: AuditEvents;
  clock: Clock;
}): (req: IncomingMessage, res: ServerResponse) => void {
  const issuer = new URL(parts.issuer);

  return (req, res) => {
    const request = requestTarget(req.url);
    if (request === undefined) {
      res.writeHead(400, { "content-type": "text/plain" }).end("Bad request target\n");
      return;
    }
    const { path, target } = request;
    report(req, res, path);
    if (path === mcpPath) {
      req.url = target;
      parts.mcp(req, res);
      return;
    }
    overrideForwardedHeaders(req, issuer, target);
    const methods = publicEndpointMethods.get(path);
    if (methods !== undefined) {
      if (handlePublicCors(req, res, methods.join(", "))) return;
      req.headers.accept = "application/json";
    }
    if (rejectUnsupportedMethod(req, res, path)) return;
    if (isProviderPath(path)) parts.provider(req, res);
    else parts.pages(req, res);
  };

  function report(req: IncomingMessage, res: ServerResponse, path: string): void {
    const startedAt = parts.clock();
    res.once("close", () => {
      parts.events.requestServed({
        method: req.method ?? "",
        path: withoutIds(path),
        status: res.statusCode,
        ms: parts.clock() - startedAt,
      });
    });
  }
}

/** An interaction's id is a secret, and it stands in two paths. */
function withoutIds(path: string): string {
  for (const parent of [interactionPath, providerPaths.authorization]) {
    if (path.startsWith(`${parent}/`)) return `${parent}/:id`;
  }
  return path;
}
