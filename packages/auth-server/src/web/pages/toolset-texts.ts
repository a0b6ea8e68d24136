import type { Toolset } from "@fjmcp/shared/oauth/toolsets";

/** What each toolset is about, for users: a name, and what its tools read and, with write access, change. */
export const toolsetTexts: Readonly<Record<Toolset, { readonly label: string; readonly about: string }>> = {
  issues: { label: "Issues", about: "Issues, their comments, labels and milestones" },
  "pull-requests": { label: "Pull requests", about: "Pull requests and their reviews, merging included" },
  code: { label: "Code", about: "Repositories, their branches, files and commits" },
  releases: { label: "Releases", about: "Releases of repositories" },
  actions: { label: "Actions", about: "Workflow runs, their jobs and logs" },
  wiki: { label: "Wiki", about: "Wiki pages and their history" },
  "time-tracking": { label: "Time tracking", about: "Tracked times and stopwatches" },
  attachments: { label: "Attachments", about: "Files attached to issues, comments and releases" },
  organizations: { label: "Organizations", about: "Organizations, their members, teams and labels" },
  notifications: { label: "Notifications", about: "Your notifications, and whether they are read" },
  admin: { label: "Administration", about: "Settings, webhooks and branch protection of repositories" },
  context: { label: "Context", about: "Your own account, and the other users" },
  other: {
    label: "Everything else",
    about: "Tools that fit nowhere above, or that this server does not know",
  },
};
