import { Hono } from "hono";
import type { Instance } from "../instance.ts";
import { ApiError, notFound } from "./api-error.ts";
import { authenticate, type ApiEnv } from "./authenticate.ts";
import { addCommentRoutes } from "./comment-routes.ts";
import { addContentsRoutes } from "./contents-routes.ts";
import { addEmptyRoutes } from "./empty-routes.ts";
import { addGitRoutes } from "./git-routes.ts";
import { addIssueRoutes } from "./issue-routes.ts";
import { addLabelRoutes } from "./label-routes.ts";
import { addRepositoryRoutes } from "./repository-routes.ts";
import { addOAuth2ApplicationRoutes } from "./oauth2-application-routes.ts";
import { addUserRoutes } from "./user-routes.ts";
import { addVersionRoutes } from "./version-routes.ts";

/** `/api/v1`: as much of Forgejo's REST API as the tools of the tests and the demo need. */
export function createApi(instance: Instance): Hono<ApiEnv> {
  const api = new Hono<ApiEnv>();
  api.onError((error, c) => {
    if (!(error instanceof ApiError)) throw error;
    const url = error.withUrl ? { url: `${instance.url}/api/swagger` } : {};
    return c.json({ message: error.message, ...url }, error.status);
  });
  api.use(authenticate(instance));
  addVersionRoutes(api, instance);
  addOAuth2ApplicationRoutes(api, instance);
  addUserRoutes(api, instance);
  // Before the repositories: /repos/issues/search would be a repository too.
  addIssueRoutes(api, instance);
  addRepositoryRoutes(api, instance);
  addContentsRoutes(api, instance);
  addGitRoutes(api, instance);
  addCommentRoutes(api, instance);
  addLabelRoutes(api, instance);
  addEmptyRoutes(api, instance);
  api.all("*", () => {
    throw notFound();
  });
  return api;
}
