import { Hono } from "hono";
import { createApi } from "./api/api.ts";
import { maintenancePage, maintenancePath } from "./fault-response.ts";
import { faultGate } from "./fault-gate.ts";
import type { Instance } from "./instance.ts";
import { addRequestsRoute } from "./requests-route.ts";
import { addControlsRoute } from "./controls-route.ts";
import type { SandboxControls } from "./controls.ts";
import { recordRequests, type RecordedRequest } from "./request-log.ts";
import { addAuthorizeRoute } from "./oauth/authorize-route.ts";
import { addDiscoveryRoutes } from "./oauth/discovery-route.ts";
import { addGrantRoute } from "./oauth/grant-route.ts";
import { addIntrospectRoute } from "./oauth/introspect-route.ts";
import { addTokenRoute } from "./oauth/token-route.ts";
import { addUserinfoRoute } from "./oauth/userinfo-route.ts";
import { startPage } from "./pages/start-page.ts";
import { accountGate } from "./web/account-gate.ts";
import { addAccountRoutes } from "./web/account-routes.ts";
import { addLoginRoutes } from "./web/login-route.ts";
import { addSettingsRoutes } from "./web/settings-routes.ts";

/** All routes of the sandbox. Adds every request to `requests` before handling it. */
export function createSandboxApp(
  instance: Instance,
  controls: SandboxControls,
  requests: RecordedRequest[],
): Hono {
  const app = new Hono();
  app.use(recordRequests(requests));
  app.use(faultGate(instance.faults));
  for (const path of ["/", "/login/oauth/authorize", "/login/oauth/grant", "/user/settings/*"]) {
    app.use(path, accountGate(instance));
  }
  app.get("/", (c) => {
    const { userId } = instance.browserSessions.of(c);
    return c.html(startPage(instance, instance.users.byId(userId ?? 0)?.name));
  });
  app.get(maintenancePath, (c) => c.html(maintenancePage));
  addControlsRoute(app, controls);
  addRequestsRoute(app, requests);
  addLoginRoutes(app, instance);
  addAccountRoutes(app, instance);
  addSettingsRoutes(app, instance);
  addAuthorizeRoute(app, instance);
  addGrantRoute(app, instance);
  addTokenRoute(app, instance);
  addIntrospectRoute(app, instance);
  addUserinfoRoute(app, instance);
  addDiscoveryRoutes(app, instance);
  app.route("/api/v1", createApi(instance));
  return app;
}
