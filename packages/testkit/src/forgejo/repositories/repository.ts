import type { SandboxUser } from "../users.ts";

export interface Label {
  readonly id: number;
  name: string;
  /** Six hex digits. */
  color: string;
  description: string;
}

export interface IssueComment {
  readonly id: number;
  readonly poster: SandboxUser;
  body: string;
  readonly createdAt: Date;
  updatedAt: Date;
}

export interface Issue {
  /** Unique in the instance. */
  readonly id: number;
  /** Unique in the repository, as in `#3`. */
  readonly index: number;
  readonly poster: SandboxUser;
  title: string;
  body: string;
  state: "open" | "closed";
  labels: Label[];
  assignees: SandboxUser[];
  readonly comments: IssueComment[];
  readonly createdAt: Date;
  updatedAt: Date;
  closedAt: Date | undefined;
}

export interface Repository {
  readonly id: number;
  readonly owner: SandboxUser;
  readonly name: string;
  readonly description: string;
  readonly isPrivate: boolean;
  readonly isFork: boolean;
  /** Every write to it is 423. */
  readonly isArchived: boolean;
  /** Without issues, as a new fork is, its issues are 404. */
  readonly hasIssues: boolean;
  /** Path to content; there is one branch, `main`. */
  readonly files: Map<string, string>;
  readonly labels: Label[];
  readonly issues: Issue[];
  readonly createdAt: Date;
}

/** Only the owner may write; others may read public repositories and open issues there. */
export function mayWrite(repository: Repository, user: SandboxUser | undefined): boolean {
  return user !== undefined && user === repository.owner;
}

export function maySee(repository: Repository, user: SandboxUser | undefined): boolean {
  return !repository.isPrivate || mayWrite(repository, user);
}
