import type { Hono } from "hono";
import { z } from "zod";
import type { Instance } from "../instance.ts";
import { issueOf, mustBeAllowed, repositoryWithIssues } from "./addressed.ts";
import { ApiError } from "./api-error.ts";
import { callerOf, needs, needsIfSignedIn, type ApiEnv } from "./authenticate.ts";
import { issueJson } from "./issue-json.ts";
import { filterIssues } from "./issue-filter.ts";
import { jsonBody } from "./json-body.ts";
import { paged } from "./paging.ts";

const title = z.string().min(1);
const assignees = z.array(z.string()).nullish();

const newIssue = z.object({
  title,
  body: z.string().nullish(),
  labels: z.array(z.number()).nullish(),
  assignees,
});

// An empty title means that the title is not to change: Go clients send one.
const issueEdit = z.object({
  title: z.string().nullish(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]).nullish(),
  assignees,
});

export function addIssueRoutes(api: Hono<ApiEnv>, instance: Instance): void {
  const { repositories, users } = instance;

  api.get("/repos/issues/search", needs("issue"), (c) => {
    const found = repositories
      .visibleTo(callerOf(c))
      .flatMap((repository) =>
        filterIssues(c, repository.issues, repository.owner).map((issue) => ({ repository, issue })),
      );
    return c.json(paged(c, found).map(({ repository, issue }) => issueJson(instance, repository, issue)));
  });

  api.get("/repos/:owner/:repo/issues", needsIfSignedIn("issue"), (c) => {
    const repository = repositoryWithIssues(c, instance);
    const found = filterIssues(c, repository.issues, repository.owner);
    return c.json(paged(c, found).map((issue) => issueJson(instance, repository, issue)));
  });

  api.post("/repos/:owner/:repo/issues", needs("issue"), async (c) => {
    const repository = repositoryWithIssues(c, instance);
    const { title, body, labels, assignees } = await jsonBody(c, newIssue);
    const issue = repositories.openIssue(repository, callerOf(c), {
      title,
      body: body ?? "",
      labels: repository.labels.filter((label) => labels?.includes(label.id)),
      assignees: (assignees ?? []).map(userNamed),
    });
    return c.json(issueJson(instance, repository, issue), 201);
  });

  api.get("/repos/:owner/:repo/issues/:index{[0-9]+}", needsIfSignedIn("issue"), (c) => {
    const { repository, issue } = issueOf(c, instance);
    return c.json(issueJson(instance, repository, issue));
  });

  api.patch("/repos/:owner/:repo/issues/:index{[0-9]+}", needs("issue"), async (c) => {
    const { repository, issue } = issueOf(c, instance);
    mustBeAllowed(c, repository, issue);
    const edit = await jsonBody(c, issueEdit);
    issue.title = edit.title || issue.title;
    issue.body = edit.body ?? issue.body;
    if (edit.assignees) issue.assignees = edit.assignees.map(userNamed);
    issue.updatedAt = new Date();
    if (edit.state && edit.state !== issue.state) {
      issue.state = edit.state;
      issue.closedAt = edit.state === "closed" ? issue.updatedAt : undefined;
    }
    return c.json(issueJson(instance, repository, issue), 201);
  });

  function userNamed(name: string) {
    const user = users.byName(name);
    if (user === undefined) throw new ApiError(422, `Assignee does not exist: [name: ${name}]`);
    return user;
  }
}
