import { z } from "zod";

/** The groups into which the tools of all children are sorted; a grant has some of them. */
const toolsets = [
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
