import type { Hono } from "hono";
import { z } from "zod";
import type { Instance } from "../instance.ts";
import { repositoryOf } from "./addressed.ts";
import { ApiError } from "./api-error.ts";
import { callerOf, needs, needsIfSignedIn, type ApiEnv } from "./authenticate.ts";
import { jsonBody } from "./json-body.ts";
import { paged } from "./paging.ts";
import { repositoryJson } from "./repository-json.ts";

const newRepository = z.object({
  name: z.string().regex(/^[\w.-]+$/),
  description: z.string().default(""),
  private: z.boolean().default(false),
  auto_init: z.boolean().default(false),
});

export function addRepositoryRoutes(api: Hono<ApiEnv>, instance: Instance): void {
  const { repositories } = instance;

  api.get("/user/repos", needs("user", "repository"), (c) => {
    const caller = callerOf(c);
    const own = repositories.visibleTo(caller).filter((repository) => repository.owner === caller);
    return c.json(paged(c, own).map((repository) => repositoryJson(instance, repository, caller)));
  });

  api.post("/user/repos", needs("user", "repository"), async (c) => {
    const caller = callerOf(c);
    const body = await jsonBody(c, newRepository);
    if (repositories.find(caller.name, body.name) !== undefined) {
      throw new ApiError(409, "The repository with the same name already exists.");
    }
    const { name, description, private: isPrivate } = body;
    const created = repositories.create(caller, { name, description, isPrivate });
    if (body.auto_init) created.files.set("README.md", `# ${name}\n\n${description}\n`);
    return c.json(repositoryJson(instance, created, caller), 201);
  });

  api.get("/users/:name/repos", needsIfSignedIn("user", "repository"), (c) => {
    const caller = c.get("caller");
    const owner = c.req.param("name").toLowerCase();
    const theirs = repositories
      .visibleTo(caller)
      .filter((repository) => repository.owner.name.toLowerCase() === owner);
    return c.json(paged(c, theirs).map((repository) => repositoryJson(instance, repository, caller)));
  });

  api.get("/repos/search", needsIfSignedIn("repository"), (c) => {
    const caller = c.get("caller");
    const keyword = (c.req.query("q") ?? "").toLowerCase();
    const found = repositories
      .visibleTo(caller)
      .filter((repository) => `${repository.owner.name}/${repository.name}`.toLowerCase().includes(keyword));
    const data = paged(c, found).map((repository) => repositoryJson(instance, repository, caller));
    return c.json({ ok: true, data });
  });

  api.get("/repos/:owner/:repo", needsIfSignedIn("repository"), (c) =>
    c.json(repositoryJson(instance, repositoryOf(c, instance), c.get("caller"))),
  );
}
