import type { Context } from "hono";
import type { Instance } from "../instance.ts";
import {
  maySee,
  mayWrite,
  type Issue,
  type IssueComment,
  type Repository,
} from "../repositories/repository.ts";
import { ApiError, notFound } from "./api-error.ts";
import { callerOf, type ApiEnv } from "./authenticate.ts";

/** The repository that the path names. 404 unless the caller may see it, 423 for a write when it is archived. */
export function repositoryOf(c: Context<ApiEnv>, instance: Instance): Repository {
  const repository = instance.repositories.find(c.req.param("owner") ?? "", c.req.param("repo") ?? "");
  if (repository === undefined || !maySee(repository, c.get("caller"))) throw notFound();
  const isWrite = c.req.method !== "GET" && c.req.method !== "HEAD";
  if (repository.isArchived && isWrite) {
    const { id, owner, name } = repository;
    throw new ApiError(423, `<Repository ${id}:${owner.name}/${name}> is archived`);
  }
  return repository;
}

/** The repository that the path names, for its issues: 404 when it has none. */
export function repositoryWithIssues(c: Context<ApiEnv>, instance: Instance): Repository {
  const repository = repositoryOf(c, instance);
  if (!repository.hasIssues) throw notFound();
  return repository;
}

/** The issue that the path names by its index, and its repository. */
export function issueOf(c: Context<ApiEnv>, instance: Instance): { repository: Repository; issue: Issue } {
  const repository = repositoryWithIssues(c, instance);
  const issue = repository.issues.find((issue) => issue.index === Number(c.req.param("index")));
  if (issue === undefined) throw notFound();
  return { repository, issue };
}

/** The comment that the path names by its id, with its issue and repository. */
export function commentOf(
  c: Context<ApiEnv>,
  instance: Instance,
): { repository: Repository; issue: Issue; comment: IssueComment } {
  const repository = repositoryWithIssues(c, instance);
  const id = Number(c.req.param("id"));
  for (const issue of repository.issues) {
    const comment = issue.comments.find((comment) => comment.id === id);
    if (comment !== undefined) return { repository, issue, comment };
  }
  throw notFound();
}

/** 403 unless the caller may write to the repository or posted `thing`. */
export function mustBeAllowed(
  c: Context<ApiEnv>,
  repository: Repository,
  thing?: { readonly poster: { readonly id: number } },
): void {
  const caller = callerOf(c);
  if (mayWrite(repository, caller) || thing?.poster.id === caller.id) return;
  throw new ApiError(403, "user should have a permission to write to a repo");
}
