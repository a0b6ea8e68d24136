import type { Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Instance } from "../instance.ts";
import { errorPage } from "../pages/error-page.ts";
import { loginPage } from "../pages/login-page.ts";
import { formFields } from "./form-fields.ts";
import { forgery } from "./request-forgery.ts";

const returnCookie = "redirect_to";

/** Redirects to the login page; a cookie (limit about 4 KB) keeps `target` with its query for the redirect back. */
export function redirectToLogin(c: Context, target: string): Response {
  setCookie(c, returnCookie, target, { path: "/", httpOnly: true, sameSite: "Lax" });
  return c.redirect("/user/login", 303);
}

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
    if (user.prohibited) {
      return c.html(errorPage(instance, "This account is prohibited from signing in."), 403);
    }
    session.userId = user.id;
    return redirectBack(c);
  });

  app.post("/user/logout", (c) => {
    const session = instance.browserSessions.of(c);
    session.userId = undefined;
    session.pendingConsent = undefined;
    return c.redirect("/", 303);
  });
}

function redirectBack(c: Context): Response {
  const target = getCookie(c, returnCookie);
  deleteCookie(c, returnCookie, { path: "/" });
  const isLocal = target !== undefined && /^\/(?![/\\])/.test(target);
  return c.redirect(isLocal ? target : "/", 303);
}
