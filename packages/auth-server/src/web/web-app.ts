import { Hono, type Context } from "hono";
import { accepts } from "hono/accepts";
import { HTTPException } from "hono/http-exception";
import { mcpResource } from "@fjmcp/shared/oauth/mcp-resource";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import type { AuditEvents } from "../audit-events.ts";
import { retryAfterSec } from "../retry-after.ts";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import { callbackRoute } from "./callback-route.ts";
import { connectionsRoutes } from "./connections/connections-routes.ts";
import { consentRoutes } from "./consent-route.ts";
import { deviceRoutes } from "./device-route.ts";
import { errorPage } from "./pages/error-page.ts";
import { favicon } from "./pages/favicon.ts";
import { homePage } from "./pages/home-page.ts";
import { logoRoutes } from "./logo-routes.ts";
import { isDisconnected } from "../client-disconnect.ts";
import { notFoundPage } from "./pages/not-found-page.ts";
import { pageHeaders } from "./pages/page-layout.ts";
import { faviconPath } from "../paths.ts";
import type { WebEnv, WebDeps } from "./web-deps.ts";
import { renderPage } from "./render-page.ts";

/** The app that serves all pages. */
export function createWebApp(deps: WebDeps): Hono<WebEnv> {
  const { issuer, forgejoUrl, events } = deps;
  const forgejoHost = new URL(forgejoUrl).host;
  const app = new Hono<WebEnv>();

  app.use(async (c, next) => {
    c.set("page", deps.pageContextFor(c.req.header("accept-language")));
    await next();
  });
  app.get("/", (c) => renderPage(c, homePage(c.var.page, { mcpUrl: mcpResource(issuer), forgejoHost })));
  consentRoutes(app, deps);
  deviceRoutes(app, deps);
  callbackRoute(app, deps);
  connectionsRoutes(app, deps);
  app.get(faviconPath, (c) => c.body(favicon, 200, faviconHeaders));
  logoRoutes(app, deps.instance);
  app.notFound((c) => showNotFound(c, mcpResource(issuer)));
  app.onError((error, c) => {
    if (isDisconnected(c.env.incoming)) return c.body(null, 400);
    // A body over its limit.
    if (error instanceof HTTPException) return error.getResponse();
    return showFailure(c, error, events);
  });
  return app;
}

const faviconHeaders = {
  ...pageHeaders(),
  "content-type": "image/svg+xml",
  "cache-control": "public, max-age=86400",
};

/** A page for a browser, a line of text for a program. */
function showNotFound(c: Context<WebEnv>, mcpUrl: string): Response | Promise<Response> {
  c.header("vary", "accept");
  const type = accepts(c, {
    header: "Accept",
    supports: ["text/plain", "text/html"],
    default: "text/plain",
  });
  if (type === "text/plain") return c.text("Not found\n", 404);
  return renderPage(c, notFoundPage(c.var.page, { mcpUrl }), { status: 404 });
}

/** 503 while Redis is unavailable, else 500. */
function showFailure(c: Context<WebEnv>, error: Error, events: AuditEvents): Response | Promise<Response> {
  const reference = newErrorReference();
  events.requestFailed({ path: c.req.routePath, error, reference });
  const isTemporary = [error, error.cause].some((one) => one instanceof StoreUnavailableError);
  if (isTemporary) c.header("retry-after", String(retryAfterSec.store));
  const fault = c.var.page.texts.serverFaults[isTemporary ? "restarting" : "failed"];
  return renderPage(c, errorPage(c.var.page, { fault, reference }), { status: isTemporary ? 503 : 500 });
}
