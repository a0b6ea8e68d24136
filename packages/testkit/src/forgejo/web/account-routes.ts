import type { Hono } from "hono";
import type { Instance } from "../instance.ts";
import { changePasswordPage } from "../pages/change-password-page.ts";
import { errorPage } from "../pages/error-page.ts";
import { securityPage } from "../pages/security-page.ts";
import { changePasswordPath, securitySettingsPath } from "./account-gate.ts";
import { formFields } from "./form-fields.ts";
import { forgery } from "./request-forgery.ts";
import { redirectBack, redirectToLogin } from "./return-cookie.ts";

/** The pages that a login passes for an account that is not usable yet: new password, security settings. */
export function addAccountRoutes(app: Hono, instance: Instance): void {
  app.get(changePasswordPath, (c) => {
    const session = instance.browserSessions.of(c);
    const user = instance.users.byId(session.userId ?? 0);
    if (user === undefined) return redirectToLogin(c, changePasswordPath);
    if (user.state !== "must-change-password") return c.redirect("/", 303);
    return c.html(changePasswordPage(instance, { csrf: session.csrf }));
  });

  app.post(changePasswordPath, async (c) => {
    const session = instance.browserSessions.of(c);
    const form = await formFields(c);
    const rejection = forgery(c, instance, form);
    if (rejection !== undefined) return c.html(errorPage(instance, rejection.message), rejection.status);
    const user = instance.users.byId(session.userId ?? 0);
    if (user?.state !== "must-change-password") return c.redirect("/", 303);
    const { password = "", retype } = form;
    if (password === "" || password !== retype) {
      const error = "The passwords do not match.";
      return c.html(changePasswordPage(instance, { csrf: session.csrf, error }));
    }
    user.password = password;
    user.state = "normal";
    return redirectBack(c);
  });

  app.get(securitySettingsPath, (c) => {
    const user = instance.users.byId(instance.browserSessions.of(c).userId ?? 0);
    if (user === undefined) return redirectToLogin(c, securitySettingsPath);
    return c.html(securityPage(user.state));
  });
}
