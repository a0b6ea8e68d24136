import type { Hono } from "hono";
import type { Instance } from "../instance.ts";
import { callerOf, needs, needsIfSignedIn, type ApiEnv } from "./authenticate.ts";
import { notFound } from "./api-error.ts";
import { paged } from "./paging.ts";
import { userJson } from "./user-json.ts";

export function addUserRoutes(api: Hono<ApiEnv>, instance: Instance): void {
  api.get("/user", needs("user"), (c) => c.json(userJson(instance, callerOf(c))));

  api.get("/user/teams", needs("user"), (c) => c.json(paged(c, callerOf(c).teams).map(teamJson)));

  api.get("/users/search", needsIfSignedIn("user"), (c) => {
    const keyword = (c.req.query("q") ?? "").toLowerCase();
    const found = instance.users.all.filter((user) =>
      `${user.name} ${user.fullName}`.toLowerCase().includes(keyword),
    );
    return c.json({ ok: true, data: paged(c, found).map((user) => userJson(instance, user)) });
  });

  api.get("/users/:name", needsIfSignedIn("user"), (c) => {
    const user = instance.users.byName(c.req.param("name"));
    if (user === undefined) throw notFound();
    return c.json(userJson(instance, user));
  });
}

/** A team as the API returns it; `path` is `organization/team`. */
function teamJson(path: string, index: number) {
  const [organization = "", name = ""] = path.split("/");
  return {
    id: index + 1,
    name,
    organization: { id: index + 1, name: organization, username: organization, full_name: "" },
    permission: "write",
  };
}
