import type { Hono } from "hono";
import type { Instance } from "../instance.ts";
import { repositoryOf } from "./addressed.ts";
import { needs, needsIfSignedIn, type ApiEnv } from "./authenticate.ts";

/** Empty lists for what the sandbox does not have. */
export function addEmptyRoutes(api: Hono<ApiEnv>, instance: Instance): void {
  api.get("/user/orgs", needs("user", "organization"), (c) => c.json([]));
  api.get("/users/:name/orgs", needsIfSignedIn("user", "organization"), (c) => c.json([]));
  api.get("/notifications", needs("notification"), (c) => c.json([]));
  api.get("/notifications/new", needs("notification"), (c) => c.json({ new: 0 }));
  for (const list of ["milestones", "pulls", "releases", "tags"]) {
    const category = list === "milestones" ? "issue" : "repository";
    api.get(`/repos/:owner/:repo/${list}`, needsIfSignedIn(category), (c) => {
      repositoryOf(c, instance);
      return c.json([]);
    });
  }
}
