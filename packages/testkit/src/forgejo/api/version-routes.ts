import type { Hono } from "hono";
import type { Instance } from "../instance.ts";
import { notFound } from "./api-error.ts";
import type { ApiEnv } from "./authenticate.ts";
import { maxPageSize } from "./paging.ts";

/** Public routes: no token and no scope needed. */
export function addVersionRoutes(api: Hono<ApiEnv>, { settings }: Instance): void {
  api.get("/version", (c) => {
    if (settings.version === undefined) throw notFound();
    return c.json({ version: settings.version });
  });
  api.get("/settings/api", (c) =>
    c.json({
      max_response_items: maxPageSize,
      default_paging_num: 30,
      default_git_trees_per_page: 1000,
      default_max_blob_size: 10_485_760,
    }),
  );
}
