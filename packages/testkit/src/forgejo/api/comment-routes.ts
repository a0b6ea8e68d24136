import type { Hono } from "hono";
import { z } from "zod";
import type { Instance } from "../instance.ts";
import { commentOf, issueOf, mustBeAllowed } from "./addressed.ts";
import { callerOf, needs, needsIfSignedIn, type ApiEnv } from "./authenticate.ts";
import { commentJson } from "./issue-json.ts";
import { jsonBody } from "./json-body.ts";

const commentText = z.object({ body: z.string().min(1) });

export function addCommentRoutes(api: Hono<ApiEnv>, instance: Instance): void {
  const ofIssue = "/repos/:owner/:repo/issues/:index{[0-9]+}/comments";
  const byId = "/repos/:owner/:repo/issues/comments/:id{[0-9]+}";

  api.get(ofIssue, needsIfSignedIn("issue"), (c) => {
    const { repository, issue } = issueOf(c, instance);
    return c.json(issue.comments.map((comment) => commentJson(instance, repository, issue, comment)));
  });

  api.post(ofIssue, needs("issue"), async (c) => {
    const { repository, issue } = issueOf(c, instance);
    const { body } = await jsonBody(c, commentText);
    const comment = instance.repositories.comment(issue, callerOf(c), body);
    return c.json(commentJson(instance, repository, issue, comment), 201);
  });

  api.get(byId, needsIfSignedIn("issue"), (c) => {
    const { repository, issue, comment } = commentOf(c, instance);
    return c.json(commentJson(instance, repository, issue, comment));
  });

  api.patch(byId, needs("issue"), async (c) => {
    const { repository, issue, comment } = commentOf(c, instance);
    mustBeAllowed(c, repository, comment);
    comment.body = (await jsonBody(c, commentText)).body;
    comment.updatedAt = new Date();
    return c.json(commentJson(instance, repository, issue, comment));
  });

  api.delete(byId, needs("issue"), (c) => {
    const { repository, issue, comment } = commentOf(c, instance);
    mustBeAllowed(c, repository, comment);
    issue.comments.splice(issue.comments.indexOf(comment), 1);
    return c.body(null, 204);
  });
}
