import { z } from "zod";

/** The groups into which the tools of all children are sorted; a grant has some of them. */
export const toolsets = [
  "issues",
  "pull-requests",
  "code",
  "releases",
  "actions",
  "wiki",
  "time-tracking",
  "attachments",
  "organizations",
  "notifications",
  "admin",
  "context",
  "other",
] as const;

export const toolsetSchema = z.enum(toolsets);
export type Toolset = z.infer<typeof toolsetSchema>;

/** The toolsets that the consent page suggests. */
export const defaultToolsets: readonly Toolset[] = [
  "issues",
  "pull-requests",
  "code",
  "releases",
  "notifications",
  "context",
];
