import type { Tool } from "@modelcontextprotocol/sdk/types.js";

export interface ToolCall {
  readonly name: string;
  readonly arguments: Readonly<Record<string, unknown>>;
}

/** The calls that the demo makes; undefined where the child has no known tool for it. */
export interface ChildTools {
  readonly read: ToolCall | undefined;
  /** Lists the user's repositories; its result names them as `full_name`. */
  readonly listRepositories: ToolCall | undefined;
  createIssue(repository: { owner: string; repo: string }, title: string): ToolCall | undefined;
}

/** forgejo-mcp's names, then gitea-mcp's. */
const families = [
  { read: "get_my_user_info", list: "list_my_repos", createIssue: "create_issue" },
  { read: "user__get_my_userinfo", list: "repo__list_my", createIssue: "issue__create" },
];

/** Chooses from the result of `tools/list`; of an unknown child the first tool that reads and needs no argument. */
export function childTools(tools: readonly Tool[]): ChildTools {
  const has = (name: string) => tools.some((tool) => tool.name === name);
  const family = families.find(({ read }) => has(read));
  if (family === undefined) {
    return { read: anyRead(tools), listRepositories: undefined, createIssue: () => undefined };
  }
  return {
    read: { name: family.read, arguments: {} },
    listRepositories: has(family.list) ? { name: family.list, arguments: { page: 1, limit: 20 } } : undefined,
    createIssue: (repository, title) =>
      has(family.createIssue)
        ? {
            name: family.createIssue,
            arguments: { ...repository, title, body: "Written by the demo of fjmcp. It can be closed." },
          }
        : undefined,
  };
}

function anyRead(tools: readonly Tool[]): ToolCall | undefined {
  const needsNothing = tools.filter(({ inputSchema }) => (inputSchema.required ?? []).length === 0);
  const chosen =
    needsNothing.find(({ annotations }) => annotations?.readOnlyHint === true) ??
    needsNothing.find(({ name }) => /(^|[_-])(get|list|read|search|show|whoami)([_-]|$)/.test(name));
  return chosen && { name: chosen.name, arguments: {} };
}

interface Repository {
  readonly full_name: string;
  readonly has_issues?: boolean;
  readonly archived?: boolean;
}

/**
 * The first repository of a listing in which an issue can be opened: it has issues enabled, as forks do not by default,
 * and is not archived. Undefined when there is none, or the listing is not JSON.
 */
export function repositoryForIssue(listing: string): { owner: string; repo: string } | undefined {
  const repository = repositoriesIn(listing).find(
    ({ has_issues, archived }) => has_issues !== false && archived !== true,
  );
  const [owner, repo] = repository?.full_name.split("/") ?? [];
  return owner === undefined || repo === undefined ? undefined : { owner, repo };
}

function repositoriesIn(listing: string): Repository[] {
  try {
    return collect(JSON.parse(listing.slice(listing.search(/[[{]/))));
  } catch {
    return [];
  }
}

function collect(value: unknown): Repository[] {
  if (typeof value !== "object" || value === null) return [];
  const isRepository = "full_name" in value && typeof value.full_name === "string";
  return isRepository ? [value as Repository] : Object.values(value).flatMap(collect);
}
