/** What Forgejo's API allows with `read:` and with `write:` of a category, in words for the consent page. Write implies read. */
const permissions: readonly { category: string; read: string; write: string }[] = [
  {
    category: "repository",
    read: "Read your repositories: code, pull requests, releases, wikis, Actions and their logs",
    write:
      "Read and change your repositories: write code, merge pull requests, publish releases, edit wikis, run Actions, change settings, collaborators, webhooks and deploy keys, delete repositories",
  },
  {
    category: "issue",
    read: "Read issues and the comments on issues and pull requests, labels, milestones, tracked time",
    write:
      "Read and change issues: open, close and delete them, comment on them and on pull requests, change labels, milestones and tracked time",
  },
  {
    category: "organization",
    read: "Read your organizations: members, teams, labels, settings",
    write:
      "Read and change your organizations: members, teams, labels, webhooks, Actions secrets; create repositories in them; create and delete organizations",
  },
  {
    category: "notification",
    read: "Read your notifications",
    write: "Read your notifications and mark them as read",
  },
  {
    category: "package",
    read: "List and download packages",
    write: "List, download, publish and delete packages",
  },
  {
    category: "user",
    read: "Read your profile: e-mail addresses, settings, keys, followers, starred repositories",
    write:
      "Read and change your account: profile, e-mail addresses, settings, SSH and GPG keys, OAuth2 applications, Actions secrets; create repositories. A key or application that it adds stays after you disconnect it",
  },
  {
    category: "misc",
    read: "Read this Forgejo’s general settings and templates",
    write: "Read this Forgejo’s general settings and templates, and render Markdown",
  },
  {
    category: "activitypub",
    read: "Read what Forgejo shares with other servers (ActivityPub)",
    write: "Read and send what Forgejo shares with other servers (ActivityPub)",
  },
];

/** What a token with this Forgejo scope (space-separated) may do: one sentence, without a full stop, for each right. */
export function describeScope(scope: string): string[] {
  const names = new Set(scope.split(" "));
  const rights = permissions.flatMap(({ category, read, write }) => {
    if (names.has(`write:${category}`)) return [write];
    return names.has(`read:${category}`) ? [read] : [];
  });
  const reach = names.has("public-only")
    ? "Only what is public: nothing of private repositories, organizations or users"
    : "All of this also where it is private";
  return [...rights, reach];
}
