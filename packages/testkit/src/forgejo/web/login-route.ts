import type { Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import type { Instance } from "../instance.ts";
import { errorPage } from "../pages/error-page.ts";
import { loginPage } from "../pages/login-page.ts";
import { formFields } from "./form-fields.ts";
import { forgery } from "./request-forgery.ts";

const returnCookie = "redirect_to";

/** Sends a signed-out person to the login page; the way back, query and all, travels in a cookie (about 4 KB). */
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
    // A cross-site POST is accepted here, unlike at the grant; only the v13 style asks for its field.
    const refusal = instance.settings.csrf ? forgery(c, instance, form) : undefined;
    if (refusal !== undefined) return c.html(errorPage(instance, refusal.message), refusal.status);
    const session = instance.browserSessions.of(c);
    const user = instance.users.withPassword(form["user_name"] ?? "", form["password"] ?? "");
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
