import { lowerCaseWords } from "@fjmcp/shared/config/words";
import type { ForgejoClient, ForgejoUser } from "../forgejo/forgejo-client.ts";

/** The users that may sign in: all when both lists are empty, else those in one of them. In lower case, as Forgejo compares. */
export interface SignInPolicy {
  /** Login names, or `id:<number>`, which a renamed account keeps. */
  readonly users: readonly string[];
  /** `organization` or `organization/team`. */
  readonly organizations: readonly string[];
}

/** More teams than any user has; Forgejo returns at most 50 on a page. */
const maxPages = 100;

/** Whether the policy lets a user sign in. Rejects as ForgejoClient does. */
export type SignInCheck = (user: ForgejoUser, accessToken: string) => Promise<boolean>;

/** Asks Forgejo for the user's teams, with the user's own token, only where that decides: it needs the scope read:user. */
export function createSignInCheck(
  { users, organizations }: SignInPolicy,
  client: Pick<ForgejoClient, "teams">,
): SignInCheck {
  async function isMember(accessToken: string): Promise<boolean> {
    for (let page = 1; page <= maxPages; page += 1) {
      const teams = await client.teams(accessToken, page);
      if (teams.length === 0) return false;
      const names = teams.flatMap(({ organization, name }) => [organization, `${organization}/${name}`]);
      if (names.some((name) => organizations.includes(name.toLowerCase()))) return true;
    }
    return false;
  }

  return async function maySignIn({ id, login }, accessToken) {
    if (users.length === 0 && organizations.length === 0) return true;
    if (users.includes(`id:${id}`) || users.includes(login.toLowerCase())) return true;
    return organizations.length > 0 && isMember(accessToken);
  };
}

/** A schema for the users of a policy. */
export function signInUsers() {
  return lowerCaseWords(/^(id:\d+|[\w.-]+)$/, "must be login names or `id:42`, separated by spaces");
}

/** A schema for the organizations and teams of a policy. */
export function signInOrganizations() {
  return lowerCaseWords(
    /^[\w.-]+(\/[\w.-]+)?$/,
    "must be `organization` or `organization/team`, separated by spaces",
  );
}
