import type { SandboxUser } from "../users.ts";
import type { Repositories } from "./repositories.ts";

/**
 * Gives each user a public repository `welcome`, with files, labels, issues and a comment, and a private one
 * `secret-plans`, whose one issue names its owner.
 */
export function seedRepositories(repositories: Repositories, users: readonly SandboxUser[]): void {
  for (const user of users) {
    seedWelcome(repositories, user);
    seedSecretPlans(repositories, user);
  }
}

function seedWelcome(repositories: Repositories, owner: SandboxUser): void {
  const description = `What ${owner.name} shows to everyone`;
  const welcome = repositories.create(owner, { name: "welcome", description });
  welcome.files.set("README.md", `# Welcome\n\nThis repository belongs to ${owner.name}.\n`);
  welcome.files.set("docs/guide.md", "# Guide\n\nRead the README first: ünïcödé works too.\n");
  const bug = repositories.addLabel(welcome, { name: "bug", color: "ee0701" });
  const idea = repositories.addLabel(welcome, { name: "enhancement", color: "84b6eb" });
  const kettle = repositories.openIssue(welcome, owner, {
    title: "The kettle whistles off-key",
    body: "It is a quarter-tone flat. Steps to reproduce: make tea.",
    labels: [bug],
  });
  repositories.comment(kettle, owner, "It was in tune yesterday.");
  repositories.openIssue(welcome, owner, { title: "Add a second cup", labels: [idea] });
  const done = repositories.openIssue(welcome, owner, { title: "Buy biscuits" });
  done.state = "closed";
  done.closedAt = done.createdAt;
}

function seedSecretPlans(repositories: Repositories, owner: SandboxUser): void {
  const plans = repositories.create(owner, { name: "secret-plans", isPrivate: true });
  plans.files.set("README.md", `# Secret plans of ${owner.name}\n`);
  repositories.openIssue(plans, owner, {
    title: `Only ${owner.name} may read this`,
    body: `A secret of ${owner.name}.`,
  });
}
