import type { Context, Hono } from "hono";
import { presentedToken, tokenHolder } from "../api/token-holder.ts";
import type { Instance } from "../instance.ts";

/** `/login/oauth/userinfo` (OpenID Connect Core §5.3). It works for prohibited users too. */
export function addUserinfoRoute(app: Hono, instance: Instance): void {
  const userinfo = async (c: Context) => {
    const holder = await tokenHolder(instance, presentedToken(c.req.raw) ?? "");
    if (holder === undefined) {
      c.header("WWW-Authenticate", 'Bearer realm="Forgejo OAuth2"');
      return c.text("no valid authorization", 401);
    }
    const { user } = holder;
    return c.json({
      sub: String(user.id),
      name: user.fullName || user.name,
      preferred_username: user.name,
      email: `${user.name}@noreply.example.org`,
      picture: "",
      groups: [],
    });
  };
  app.get("/login/oauth/userinfo", userinfo);
  app.post("/login/oauth/userinfo", userinfo);
}
