import type { Scope } from "@fjmcp/shared/oauth/mcp-resource";
import { toolsets, type Toolset } from "@fjmcp/shared/oauth/toolsets";

/** How much a client may do: what the choice on the consent page is about. Write includes read. */
export type AccessLevel = "read" | "write";

/** What the consent page lets the user choose from: never more than the client asks for and Forgejo lets it do. */
export interface ConsentOffer {
  /** From the least to the most. */
  readonly levels: readonly AccessLevel[];
  readonly toolsets: readonly OfferedToolset[];
  /** Whether it includes what is private in Forgejo. */
  readonly includesPrivate: boolean;
  /** Whether Forgejo itself rejects the writes of a client that may only read. */
  readonly isReadingEnforced: boolean;
}

export interface OfferedToolset {
  readonly name: Toolset;
  /** The most that Forgejo lets its tools do. */
  readonly level: AccessLevel;
}

/** The categories of Forgejo's scope that the tools of a toolset need, one of them; `other` may need any. */
const categories: Readonly<Record<Exclude<Toolset, "other">, readonly string[]>> = {
  issues: ["issue"],
  "pull-requests": ["repository"],
  code: ["repository"],
  releases: ["repository"],
  actions: ["repository"],
  wiki: ["repository"],
  "time-tracking": ["issue"],
  attachments: ["issue", "repository"],
  organizations: ["organization"],
  notifications: ["notification"],
  admin: ["repository", "organization"],
  context: ["user"],
};

/** `forgejoScope`: the configured one, separated by spaces; at least `read:user`. */
export function consentOffer(
  requested: readonly Scope[],
  forgejoScope: string,
  isReadingEnforced = false,
): ConsentOffer {
  const names = forgejoScope.split(" ");
  const offered = toolsets.flatMap((name) => {
    const needed = name === "other" ? Object.values(categories).flat() : categories[name];
    if (needed.some((category) => names.includes(`write:${category}`)))
      return { name, level: "write" as const };
    return needed.some((category) => names.includes(`read:${category}`))
      ? { name, level: "read" as const }
      : [];
  });
  const mayWrite = requested.includes("forgejo:write") && offered.some(({ level }) => level === "write");
  return {
    levels: mayWrite ? ["read", "write"] : ["read"],
    toolsets: offered,
    includesPrivate: !names.includes("public-only"),
    isReadingEnforced,
  };
}
