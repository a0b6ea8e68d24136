import type { Instance } from "../instance.ts";
import type { Issue, IssueComment, Label, Repository } from "../repositories/repository.ts";
import { userJson } from "./user-json.ts";

/** An issue as the API shows it. */
export function issueJson(instance: Instance, repository: Repository, issue: Issue) {
  const fullName = `${repository.owner.name}/${repository.name}`;
  const place = `${fullName}/issues/${issue.index}`;
  return {
    id: issue.id,
    url: `${instance.url}/api/v1/repos/${place}`,
    html_url: `${instance.url}/${place}`,
    number: issue.index,
    user: userJson(instance, issue.poster),
    original_author: "",
    original_author_id: 0,
    title: issue.title,
    body: issue.body,
    ref: "",
    assets: [],
    labels: issue.labels.map((label) => labelJson(instance, repository, label)),
    milestone: null,
    assignee: issue.assignees[0] ? userJson(instance, issue.assignees[0]) : null,
    assignees: issue.assignees.map((user) => userJson(instance, user)),
    state: issue.state,
    is_locked: false,
    comments: issue.comments.length,
    created_at: issue.createdAt.toISOString(),
    updated_at: issue.updatedAt.toISOString(),
    closed_at: issue.closedAt?.toISOString() ?? null,
    due_date: null,
    pull_request: null,
    repository: {
      id: repository.id,
      name: repository.name,
      owner: repository.owner.name,
      full_name: fullName,
    },
    pin_order: 0,
  };
}

export function commentJson(instance: Instance, repository: Repository, issue: Issue, comment: IssueComment) {
  const issueUrl = `${instance.url}/${repository.owner.name}/${repository.name}/issues/${issue.index}`;
  return {
    id: comment.id,
    html_url: `${issueUrl}#issuecomment-${comment.id}`,
    pull_request_url: "",
    issue_url: issueUrl,
    user: userJson(instance, comment.poster),
    original_author: "",
    original_author_id: 0,
    body: comment.body,
    assets: [],
    created_at: comment.createdAt.toISOString(),
    updated_at: comment.updatedAt.toISOString(),
  };
}

export function labelJson(instance: Instance, repository: Repository, label: Label) {
  const { id, name, color, description } = label;
  const fullName = `${repository.owner.name}/${repository.name}`;
  const url = `${instance.url}/api/v1/repos/${fullName}/labels/${id}`;
  return { id, name, exclusive: false, is_archived: false, color, description, url };
}
