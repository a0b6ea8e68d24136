import type { MiddlewareHandler } from "hono";
import type { Instance } from "../instance.ts";
import { lockedAccountPage } from "../pages/locked-account-page.ts";
import { redirectAndReturn } from "./return-cookie.ts";

export const changePasswordPath = "/user/settings/change_password";
export const securitySettingsPath = "/user/settings/security";

/** Shows a signed-in user whose account is not usable the page that Forgejo shows instead of the requested one. */
export function accountGate(instance: Instance): MiddlewareHandler {
  return async (c, next) => {
    const user = instance.users.byId(instance.browserSessions.find(c)?.userId ?? 0);
    if (user === undefined) return next();
    const locked = lockedAccountPage(user.state);
    if (locked !== undefined) return c.html(locked);
    const { path } = c.req;
    if (user.state === "must-change-password" && path !== changePasswordPath) {
      return redirectAndReturn(c, changePasswordPath, `${path}${new URL(c.req.url).search}`);
    }
    if (user.state === "two-factor-missing" && path !== securitySettingsPath) {
      return c.redirect(securitySettingsPath, 303);
    }
    return next();
  };
}
