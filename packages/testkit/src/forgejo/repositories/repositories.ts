import type { SandboxUser } from "../users.ts";
import { maySee, type Issue, type IssueComment, type Label, type Repository } from "./repository.ts";

export interface NewIssue {
  readonly title: string;
  readonly body?: string;
  readonly labels?: readonly Label[];
  readonly assignees?: readonly SandboxUser[];
}

export interface NewRepository {
  readonly name: string;
  readonly description?: string;
  readonly isPrivate?: boolean;
  readonly isFork?: boolean;
  readonly isArchived?: boolean;
  readonly hasIssues?: boolean;
  /** Comes first in the lists; default: last. */
  readonly first?: boolean;
}

/** All repositories of the instance; allocates their ids. */
export class Repositories {
  #repositories: Repository[] = [];
  #lastId = 0;

  create(owner: SandboxUser, repository: NewRepository): Repository {
    const created: Repository = {
      id: this.#nextId(),
      owner,
      name: repository.name,
      description: repository.description ?? "",
      isPrivate: repository.isPrivate ?? false,
      isFork: repository.isFork ?? false,
      isArchived: repository.isArchived ?? false,
      hasIssues: repository.hasIssues ?? true,
      files: new Map(),
      labels: [],
      issues: [],
      createdAt: new Date(),
    };
    if (repository.first === true) this.#repositories.unshift(created);
    else this.#repositories.push(created);
    return created;
  }

  addLabel(repository: Repository, label: { name: string; color: string; description?: string }): Label {
    const created = { id: this.#nextId(), description: "", ...label, color: label.color.replace(/^#/, "") };
    repository.labels.push(created);
    return created;
  }

  openIssue(repository: Repository, poster: SandboxUser, issue: NewIssue): Issue {
    const now = new Date();
    const opened: Issue = {
      id: this.#nextId(),
      index: repository.issues.length + 1,
      poster,
      title: issue.title,
      body: issue.body ?? "",
      state: "open",
      labels: [...(issue.labels ?? [])],
      assignees: [...(issue.assignees ?? [])],
      comments: [],
      createdAt: now,
      updatedAt: now,
      closedAt: undefined,
    };
    repository.issues.push(opened);
    return opened;
  }

  comment(issue: Issue, poster: SandboxUser, body: string): IssueComment {
    const now = new Date();
    const comment = { id: this.#nextId(), poster, body, createdAt: now, updatedAt: now };
    issue.comments.push(comment);
    issue.updatedAt = now;
    return comment;
  }

  /** Names are case-insensitive. */
  find(owner: string, name: string): Repository | undefined {
    const fullName = `${owner}/${name}`.toLowerCase();
    return this.#repositories.find(
      (repository) => `${repository.owner.name}/${repository.name}`.toLowerCase() === fullName,
    );
  }

  deleteAllOf(owner: SandboxUser): void {
    this.#repositories = this.#repositories.filter((repository) => repository.owner !== owner);
  }

  visibleTo(user: SandboxUser | undefined): Repository[] {
    return this.#repositories.filter((repository) => maySee(repository, user));
  }

  #nextId(): number {
    this.#lastId += 1;
    return this.#lastId;
  }
}
