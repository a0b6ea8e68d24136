import { createHash } from "node:crypto";
import type { Context, Hono } from "hono";
import { z } from "zod";
import type { Instance } from "../instance.ts";
import type { Repository } from "../repositories/repository.ts";
import { mustBeAllowed, repositoryOf } from "./addressed.ts";
import { ApiError, notFound } from "./api-error.ts";
import { needs, needsIfSignedIn, type ApiEnv } from "./authenticate.ts";
import { commitJson } from "./git-routes.ts";
import { jsonBody } from "./json-body.ts";

const fileContent = z.object({ content: z.base64(), sha: z.string().nullish() });
const removal = z.object({ sha: z.string() });

/** Lists, reads and writes files. The branch is ignored: there is only `main`. */
export function addContentsRoutes(api: Hono<ApiEnv>, instance: Instance): void {
  const path = "/repos/:owner/:repo/contents/:path{.+}";
  const raw = (c: Context<ApiEnv>) => {
    const text = repositoryOf(c, instance).files.get(c.req.param("path") ?? "");
    if (text === undefined) throw notFound();
    return c.text(text);
  };

  api.get("/repos/:owner/:repo/raw/:path{.+}", needsIfSignedIn("repository"), raw);
  api.get("/repos/:owner/:repo/media/:path{.+}", needsIfSignedIn("repository"), raw);

  api.get("/repos/:owner/:repo/contents", needsIfSignedIn("repository"), (c) =>
    c.json(folder(instance, repositoryOf(c, instance), "")),
  );

  api.get(path, needsIfSignedIn("repository"), (c) => {
    const repository = repositoryOf(c, instance);
    const name = c.req.param("path");
    const text = repository.files.get(name);
    if (text !== undefined) return c.json(file(instance, repository, name, text));
    const entries = folder(instance, repository, `${name.replace(/\/$/, "")}/`);
    if (entries.length === 0) throw notFound();
    return c.json(entries);
  });

  api.on(["POST", "PUT"], path, needs("repository"), async (c) => {
    const repository = repositoryOf(c, instance);
    mustBeAllowed(c, repository);
    const name = c.req.param("path");
    const { content, sha } = await jsonBody(c, fileContent);
    const before = repository.files.get(name);
    if (c.req.method === "POST" && before !== undefined) {
      throw new ApiError(422, `repository file already exists [path: ${name}]`);
    }
    if (before !== undefined) mustMatchSha(before, sha);
    const text = Buffer.from(content, "base64").toString("utf8");
    repository.files.set(name, text);
    const written = {
      content: file(instance, repository, name, text),
      commit: commitJson(instance, repository),
    };
    return c.json(written, before === undefined ? 201 : 200);
  });

  api.delete(path, needs("repository"), async (c) => {
    const repository = repositoryOf(c, instance);
    mustBeAllowed(c, repository);
    const before = repository.files.get(c.req.param("path"));
    if (before === undefined) throw notFound();
    mustMatchSha(before, (await jsonBody(c, removal)).sha);
    repository.files.delete(c.req.param("path"));
    return c.json({ content: null, commit: commitJson(instance, repository) });
  });
}

/** Optimistic lock: 409 unless `sha` is that of the present text. */
function mustMatchSha(text: string, sha: string | null | undefined): void {
  if (blobSha(text) === sha) return;
  throw new ApiError(409, `sha does not match [given: ${sha}, expected: ${blobSha(text)}]`);
}

function file(instance: Instance, repository: Repository, path: string, text: string) {
  return {
    ...entry(instance, repository, path, "file", text),
    encoding: "base64",
    content: Buffer.from(text).toString("base64"),
  };
}

function folder(instance: Instance, repository: Repository, prefix: string) {
  const inside = [...repository.files].filter(([path]) => path.startsWith(prefix));
  const folders = new Set(
    inside.flatMap(([path]) => /^([^/]+)\//.exec(path.slice(prefix.length))?.[1] ?? []),
  );
  return [
    ...[...folders].map((name) => entry(instance, repository, `${prefix}${name}`, "dir", "")),
    ...inside
      .filter(([path]) => !path.slice(prefix.length).includes("/"))
      .map(([path, text]) => entry(instance, repository, path, "file", text)),
  ];
}

function entry(instance: Instance, repository: Repository, path: string, type: "file" | "dir", text: string) {
  const fullName = `${repository.owner.name}/${repository.name}`;
  return {
    name: path.slice(path.lastIndexOf("/") + 1),
    path,
    sha: blobSha(text),
    type,
    size: Buffer.byteLength(text),
    encoding: null,
    content: null,
    target: null,
    url: `${instance.url}/api/v1/repos/${fullName}/contents/${path}?ref=main`,
    html_url: `${instance.url}/${fullName}/src/branch/main/${path}`,
    download_url: `${instance.url}/${fullName}/raw/branch/main/${path}`,
  };
}

/** Git's object id of the text. */
function blobSha(text: string): string {
  return createHash("sha1")
    .update(`blob ${Buffer.byteLength(text)}\0${text}`)
    .digest("hex");
}
