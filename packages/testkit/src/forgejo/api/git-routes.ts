import { createHash } from "node:crypto";
import type { Hono } from "hono";
import type { Instance } from "../instance.ts";
import type { Repository } from "../repositories/repository.ts";
import { repositoryOf } from "./addressed.ts";
import { notFound } from "./api-error.ts";
import { needsIfSignedIn, type ApiEnv } from "./authenticate.ts";

/** A minimal history: one branch, `main`, with one commit that holds the present files. */
export function addGitRoutes(api: Hono<ApiEnv>, instance: Instance): void {
  api.get("/repos/:owner/:repo/branches", needsIfSignedIn("repository"), (c) =>
    c.json([branchJson(instance, repositoryOf(c, instance))]),
  );
  api.get("/repos/:owner/:repo/branches/:branch", needsIfSignedIn("repository"), (c) => {
    const repository = repositoryOf(c, instance);
    if (c.req.param("branch") !== "main") throw notFound();
    return c.json(branchJson(instance, repository));
  });
  api.get("/repos/:owner/:repo/commits", needsIfSignedIn("repository"), (c) =>
    c.json([commitJson(instance, repositoryOf(c, instance))]),
  );
}

export function commitJson(instance: Instance, repository: Repository) {
  const sha = createHash("sha1")
    .update(JSON.stringify([...repository.files]))
    .digest("hex");
  const fullName = `${repository.owner.name}/${repository.name}`;
  const date = repository.createdAt.toISOString();
  const author = { name: repository.owner.name, email: `${repository.owner.name}@noreply.example.org`, date };
  return {
    sha,
    url: `${instance.url}/api/v1/repos/${fullName}/git/commits/${sha}`,
    html_url: `${instance.url}/${fullName}/commit/${sha}`,
    created: date,
    commit: { message: "The present state", author, committer: author },
    parents: [],
  };
}

function branchJson(instance: Instance, repository: Repository) {
  const { sha, html_url, commit } = commitJson(instance, repository);
  return {
    name: "main",
    commit: { id: sha, message: commit.message, url: html_url, timestamp: commit.author.date },
    protected: false,
    user_can_push: true,
    user_can_merge: true,
  };
}
