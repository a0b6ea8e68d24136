import type { Hono } from "hono";
import type { Instance } from "../instance.ts";
import { errorPage } from "../pages/error-page.ts";
import { lockedAccountPage } from "../pages/locked-account-page.ts";
import { loginPage } from "../pages/login-page.ts";
import { passcode, twoFactorPage } from "../pages/two-factor-page.ts";
import { formFields } from "./form-fields.ts";
import { forgery } from "./request-forgery.ts";
import { redirectBack } from "./return-cookie.ts";

export function addLoginRoutes(app: Hono, instance: Instance): void {
  app.get("/user/login", (c) => {
    const session = instance.browserSessions.of(c);
    if (session.userId !== undefined) return redirectBack(c);
    return c.html(loginPage(instance, { csrf: session.csrf }));
  });

  app.post("/user/login", async (c) => {
    const form = await formFields(c);
    // Unlike the grant route, it accepts a cross-site POST; only v13 checks its hidden field.
    const rejection = instance.settings.csrf ? forgery(c, instance, form) : undefined;
    if (rejection !== undefined) return c.html(errorPage(instance, rejection.message), rejection.status);
    const session = instance.browserSessions.of(c);
    const user = instance.users.withPassword(form.user_name ?? "", form.password ?? "");
    if (user === undefined) {
      return c.html(loginPage(instance, { csrf: session.csrf, error: "Username or password is incorrect." }));
    }
    const locked = lockedAccountPage(user.state);
    if (locked !== undefined) return c.html(locked);
    if (user.state === "two-factor") {
      session.pendingTwoFactorUserId = user.id;
      return c.redirect("/user/two_factor", 303);
    }
    session.userId = user.id;
    return redirectBack(c);
  });

  app.get("/user/two_factor", (c) => {
    const session = instance.browserSessions.of(c);
    if (session.pendingTwoFactorUserId === undefined) return c.redirect("/user/login", 303);
    return c.html(twoFactorPage(instance, { csrf: session.csrf }));
  });

  app.post("/user/two_factor", async (c) => {
    const form = await formFields(c);
    const rejection = forgery(c, instance, form);
    if (rejection !== undefined) return c.html(errorPage(instance, rejection.message), rejection.status);
    const session = instance.browserSessions.of(c);
    if (session.pendingTwoFactorUserId === undefined) return c.redirect("/user/login", 303);
    if (form.passcode !== passcode) {
      return c.html(twoFactorPage(instance, { csrf: session.csrf, error: "Your passcode is incorrect." }));
    }
    session.userId = session.pendingTwoFactorUserId;
    session.pendingTwoFactorUserId = undefined;
    return redirectBack(c);
  });

  app.post("/user/logout", (c) => {
    const session = instance.browserSessions.of(c);
    session.userId = undefined;
    session.pendingConsent = undefined;
    return c.redirect("/", 303);
  });
}
