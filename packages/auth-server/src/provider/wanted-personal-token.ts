import { z } from "zod";
import { toolsetSchema } from "@fjmcp/shared/oauth/toolsets";

/** What a personal token is requested with; the user that confirms it may leave out some of it. */
export const wantedPersonalToken = z.object({
  name: z.string(),
  expiresInSec: z.number(),
  /** Ticked beforehand; the suggested ones by default. */
  toolsets: z.array(toolsetSchema).optional(),
});
export type WantedPersonalToken = z.infer<typeof wantedPersonalToken>;

/** The parameter of a device code that makes it one of a personal token. */
export const personalTokenParameter = "personal_token";
