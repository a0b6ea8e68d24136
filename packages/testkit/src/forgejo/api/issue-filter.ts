import type { Context } from "hono";
import type { Issue } from "../repositories/repository.ts";
import type { SandboxUser } from "../users.ts";
import type { ApiEnv } from "./authenticate.ts";

/** The issues that the query selects, newest first; `state` defaults to `open`. */
export function filterIssues(
  c: Context<ApiEnv>,
  issues: readonly Issue[],
  owner: SandboxUser,
): readonly Issue[] {
  const { state = "open", q, type, labels, created_by, assigned_by, created, assigned } = c.req.query();
  if (type === "pulls") return [];
  if (c.req.query("owner") !== undefined && !isNamed(owner, c.req.query("owner"))) return [];
  const caller = c.get("caller");
  const wantedLabels = (labels ?? "").split(",").filter((name) => name !== "");
  const keyword = (q ?? "").toLowerCase();
  return issues
    .filter(
      (issue) =>
        (state === "all" || issue.state === state) &&
        `${issue.title}\n${issue.body}`.toLowerCase().includes(keyword) &&
        wantedLabels.every((name) => issue.labels.some((label) => label.name === name)) &&
        (created_by === undefined || isNamed(issue.poster, created_by)) &&
        (assigned_by === undefined || issue.assignees.some((user) => isNamed(user, assigned_by))) &&
        (created !== "true" || issue.poster === caller) &&
        (assigned !== "true" || issue.assignees.some((user) => user === caller)),
    )
    .toReversed();
}

function isNamed(user: SandboxUser, name: string | undefined): boolean {
  return user.name.toLowerCase() === name?.toLowerCase();
}
