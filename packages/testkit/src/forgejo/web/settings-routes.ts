import type { Hono } from "hono";
import type { Instance } from "../instance.ts";
import { errorPage } from "../pages/error-page.ts";
import { settingsPage } from "../pages/settings-page.ts";
import { formFields } from "./form-fields.ts";
import { redirectToLogin } from "./return-cookie.ts";
import { forgery } from "./request-forgery.ts";

const path = "/user/settings/applications";

/** The settings page where a user sees and revokes grants. */
export function addSettingsRoutes(app: Hono, instance: Instance): void {
  app.get(path, (c) => {
    const session = instance.browserSessions.of(c);
    if (session.userId === undefined) return redirectToLogin(c, path);
    return c.html(settingsPage(instance, instance.grants.ofUser(session.userId), session.csrf));
  });

  app.post(`${path}/oauth2/revoke`, async (c) => {
    const session = instance.browserSessions.of(c);
    const form = await formFields(c);
    const rejection = forgery(c, instance, form);
    if (rejection !== undefined) return c.html(errorPage(instance, rejection.message), rejection.status);
    const grant = instance.grants.byId(Number(form.grant));
    if (grant === undefined || grant.userId !== session.userId) {
      return c.html(errorPage(instance, "There is no such grant."), 404);
    }
    instance.grants.revoke(grant);
    return c.redirect(path, 303);
  });
}
