import type { IncomingMessage, ServerResponse } from "node:http";
import type { WholeBodyRequest } from "@fjmcp/shared/http-server/whole-body-request";
import { isPlainPath, parseRequestTarget } from "@fjmcp/shared/net/request-target";
import { isMcpPath } from "@fjmcp/shared/oauth/mcp-resource";
import type { Clock } from "@fjmcp/shared/clock";
import type { AuditEvents } from "../audit-events.ts";
import { connectionsPaths, interactionPath, isProviderPath, providerPaths } from "../paths.ts";
import type { AddressLimits } from "./address-limits.ts";
import { publicEndpointMethods, rejectUnsupportedMethod } from "./allowed-methods.ts";
import { handlePublicCors } from "./public-cors.ts";
import { serveProtectedResourceMetadata } from "./protected-resource-metadata.ts";
import { rejectBackgroundRequest } from "./user-navigation.ts";
import { overrideForwardedHeaders } from "./forwarded-headers.ts";

/** Stands for each path that is not plain: nothing is served there. */
const unknownPath = "/not-found";

type Handler = (req: WholeBodyRequest, res: ServerResponse) => unknown;

/**
 * Dispatches requests by path: `/mcp` to the proxy, oidc-provider's exact paths to oidc-provider, the rest but the
 * metadata of the protected resource to the web app. A path that another parser could read as one of ours is never passed
 * on, and gets 404: oidc-provider ignores case and slashes, and the web app decodes and resolves. Except for `/mcp`, host
 * and scheme of a request are replaced by the issuer's.
 */
export function createRouter(deps: {
  issuer: string;
  forgejoHost: string;
  provider: Handler;
  mcp: Handler;
  web: Handler;
  addressLimits: AddressLimits;
  events: AuditEvents;
  clock: Clock;
}): (req: WholeBodyRequest, res: ServerResponse) => void {
  const issuer = new URL(deps.issuer);

  return (req, res) => {
    const target = parseRequestTarget(req.url);
    if (target === undefined) {
      res.writeHead(400, { "content-type": "text/plain" }).end("Bad request target\n");
      return;
    }
    reportWhenServed(req, res, target.path);
    const path = isPlainPath(target.path) ? target.path : unknownPath;
    req.url = path + target.query;
    if (isMcpPath(path)) {
      deps.mcp(req, res);
      return;
    }
    // For all that has no headers of its own: JSON, and the texts for what is rejected before a page is drawn.
    res.setHeader("x-content-type-options", "nosniff");
    overrideForwardedHeaders(req, issuer);
    const methods = publicEndpointMethods.get(path);
    if (methods !== undefined) {
      if (handlePublicCors(req, res, methods.join(", "))) return;
      req.headers.accept = "application/json";
    }
    if (rejectUnsupportedMethod(req, res, path) || rejectBackgroundRequest(req, res, path)) return;
    if (serveProtectedResourceMetadata(res, target, deps)) return;
    const isRejected = deps.addressLimits(req, res, path);
    if (isRejected === false) serve(req, res, path);
    else void isRejected.then((rejected) => rejected || serve(req, res, path));
  };

  function serve(req: WholeBodyRequest, res: ServerResponse, path: string): void {
    if (isProviderPath(path)) deps.provider(req, res);
    else deps.web(req, res);
  }

  function reportWhenServed(req: IncomingMessage, res: ServerResponse, path: string): void {
    const startedAt = deps.clock();
    res.once("close", () => {
      deps.events.requestServed({
        method: req.method ?? "",
        path: withoutIds(path),
        status: res.statusCode,
        ms: deps.clock() - startedAt,
      });
    });
  }
}

/** The id of an interaction is a secret, which two kinds of paths hold; other ids would only tell paths apart. */
function withoutIds(path: string): string {
  const { grants, accounts } = connectionsPaths;
  for (const parent of [interactionPath, providerPaths.authorization, grants, accounts]) {
    if (path.startsWith(`${parent}/`)) return `${parent}/:id`;
  }
  return path;
}
