import type { Instance } from "../instance.ts";
import { mayWrite, type Repository } from "../repositories/repository.ts";
import type { SandboxUser } from "../users.ts";
import { userJson } from "./user-json.ts";

/** A repository as the API returns it to `viewer`. */
export function repositoryJson(instance: Instance, repository: Repository, viewer: SandboxUser | undefined) {
  const fullName = `${repository.owner.name}/${repository.name}`;
  const htmlUrl = `${instance.url}/${fullName}`;
  const write = mayWrite(repository, viewer);
  return {
    id: repository.id,
    owner: userJson(instance, repository.owner),
    name: repository.name,
    full_name: fullName,
    description: repository.description,
    empty: repository.files.size === 0,
    private: repository.isPrivate,
    fork: repository.isFork,
    template: false,
    mirror: false,
    size: 1,
    language: "",
    url: `${instance.url}/api/v1/repos/${fullName}`,
    html_url: htmlUrl,
    ssh_url: "",
    clone_url: `${htmlUrl}.git`,
    website: "",
    stars_count: 0,
    forks_count: 0,
    watchers_count: 0,
    open_issues_count: repository.issues.filter((issue) => issue.state === "open").length,
    open_pr_counter: 0,
    release_counter: 0,
    default_branch: "main",
    archived: repository.isArchived,
    created_at: repository.createdAt.toISOString(),
    updated_at: repository.createdAt.toISOString(),
    permissions: { admin: write, push: write, pull: true },
    has_issues: repository.hasIssues,
    has_wiki: false,
    has_pull_requests: false,
    has_projects: false,
    internal: false,
  };
}
