import { Hono, type Context } from "hono";
import { mcpResource } from "@fjmcp/shared/oauth/mcp-resource";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import type { AuditEvents } from "../audit-events.ts";
import { StoreUnavailableError } from "@fjmcp/shared/redis/store-unavailable-error";
import { callbackRoute } from "./callback-route.ts";
import { consentRoutes } from "./consent-route.ts";
import { errorPage } from "./pages/error-page.ts";
import { homePage } from "./pages/home-page.ts";
import {
  protectedResourceMetadata,
  protectedResourceMetadataPaths,
} from "../http/protected-resource-metadata.ts";
import type { WebEnv, WebDependencies } from "./web-dependencies.ts";
import { renderPage } from "./render-page.ts";

/** Everything that people see, and the protected resource's metadata. */
export function createWebApp(parts: WebDependencies): Hono<WebEnv> {
  const { issuer, forgejoUrl, events } = parts;
  const forgejoHost = new URL(forgejoUrl).host;
  const app = new Hono<WebEnv>();

  app.get("/", (c) => renderPage(c, homePage({ mcpUrl: mcpResource(issuer), forgejoHost })));
  for (const path of protectedResourceMetadataPaths) {
    app.get(path, (c) => c.json(protectedResourceMetadata(issuer, forgejoHost)));
  }
  consentRoutes(app, parts);
  callbackRoute(app, parts);
  app.notFound((c) => c.text("Not found\n", 404));
  app.onError((error, c) => failed(c, error, events));
  return app;
}

function failed(c: Context<WebEnv>, error: Error, events: AuditEvents): Response | Promise<Response> {
  const reference = newErrorReference();
  events.requestFailed({ path: c.req.routePath, error, reference });
  const isPassing = [error, error.cause].some((one) => one instanceof StoreUnavailableError);
  if (isPassing) c.header("retry-after", "2");
  const fault = isPassing
    ? { title: "Try again in a moment", detail: "A part of this server is being restarted." }
    : { title: "Something went wrong", detail: "This server could not answer." };
  return renderPage(c, errorPage({ ...fault, reference }), { status: isPassing ? 503 : 500 });
}
