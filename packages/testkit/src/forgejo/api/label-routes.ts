import type { Hono } from "hono";
import { z } from "zod";
import type { Instance } from "../instance.ts";
import type { Label, Repository } from "../repositories/repository.ts";
import { issueOf, mustBeAllowed, repositoryOf } from "./addressed.ts";
import { notFound } from "./api-error.ts";
import { needs, needsIfSignedIn, type ApiEnv } from "./authenticate.ts";
import { labelJson } from "./issue-json.ts";
import { jsonBody } from "./json-body.ts";
import { paged } from "./paging.ts";

const newLabel = z.object({
  name: z.string().min(1),
  color: z.string().regex(/^#?[0-9a-fA-F]{6}$/),
  description: z.string().default(""),
});

const chosenLabels = z.object({ labels: z.array(z.union([z.number(), z.string()])) });

/** The labels of a repository and of its issues. */
export function addLabelRoutes(api: Hono<ApiEnv>, instance: Instance): void {
  const ofIssue = "/repos/:owner/:repo/issues/:index{[0-9]+}/labels";

  api.get("/repos/:owner/:repo/labels", needsIfSignedIn("issue"), (c) => {
    const repository = repositoryOf(c, instance);
    return c.json(labelsJson(repository, paged(c, repository.labels)));
  });

  api.get("/repos/:owner/:repo/labels/:id", needsIfSignedIn("issue"), (c) => {
    const repository = repositoryOf(c, instance);
    return c.json(labelsJson(repository, chosen(repository, [Number(c.req.param("id"))]))[0]);
  });

  api.post("/repos/:owner/:repo/labels", needs("issue"), async (c) => {
    const repository = repositoryOf(c, instance);
    mustBeAllowed(c, repository);
    const label = instance.repositories.addLabel(repository, await jsonBody(c, newLabel));
    return c.json(labelJson(instance, repository, label), 201);
  });

  api.get(ofIssue, needsIfSignedIn("issue"), (c) => {
    const { repository, issue } = issueOf(c, instance);
    return c.json(labelsJson(repository, issue.labels));
  });

  api.post(ofIssue, needs("issue"), async (c) => {
    const { repository, issue } = issueOf(c, instance);
    mustBeAllowed(c, repository);
    const added = chosen(repository, (await jsonBody(c, chosenLabels)).labels);
    issue.labels = [...new Set([...issue.labels, ...added])];
    return c.json(labelsJson(repository, issue.labels));
  });

  api.put(ofIssue, needs("issue"), async (c) => {
    const { repository, issue } = issueOf(c, instance);
    mustBeAllowed(c, repository);
    issue.labels = chosen(repository, (await jsonBody(c, chosenLabels)).labels);
    return c.json(labelsJson(repository, issue.labels));
  });

  api.delete(`${ofIssue}/:id`, needs("issue"), (c) => {
    const { repository, issue } = issueOf(c, instance);
    mustBeAllowed(c, repository);
    const removed = chosen(repository, [Number(c.req.param("id"))]);
    issue.labels = issue.labels.filter((label) => !removed.includes(label));
    return c.body(null, 204);
  });

  function labelsJson(repository: Repository, labels: readonly Label[]) {
    return labels.map((label) => labelJson(instance, repository, label));
  }
}

/** The label with this id or name; throws a 404. */
function chosen(repository: Repository, wanted: readonly (number | string)[]): Label[] {
  return wanted.map((key) => {
    const found = repository.labels.find((label) => label.id === key || label.name === key);
    if (found === undefined) throw notFound();
    return found;
  });
}
