import type { Hono } from "hono";
import type { ApiEnv } from "./authenticate.ts";
import { maxPageSize } from "./paging.ts";

/** Public routes: no token and no scope needed. */
export function addVersionRoutes(api: Hono<ApiEnv>): void {
  api.get("/version", (c) => c.json({ version: "16.0.0+gitea-1.22.0" }));
  api.get("/settings/api", (c) =>
    c.json({
      max_response_items: maxPageSize,
      default_paging_num: 30,
      default_git_trees_per_page: 1000,
      default_max_blob_size: 10_485_760,
    }),
  );
}
