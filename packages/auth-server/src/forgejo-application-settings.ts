import { z } from "zod";
import { secretFile } from "@fjmcp/shared/config/environment";
import { Secret } from "@fjmcp/shared/config/secret";
import { oneWord } from "@fjmcp/shared/config/words";
import {
  coversReading,
  forgejoReadOnlyScope,
  forgejoScope,
  readOnlyScopeOf,
  suggestedForgejoScope,
} from "./upstream/forgejo/forgejo-scope.ts";

/** One of our OAuth2 applications in Forgejo, as it is configured. */
export interface ForgejoApplicationSettings {
  readonly clientId: string;
  readonly clientSecret: Secret;
  /** Space-separated: what is requested and must be granted. */
  readonly scope: string;
  /** The settings of its id and secret, for findings. */
  readonly settings: { readonly clientId: string; readonly clientSecret: string };
}

/** The settings of the two applications in Forgejo, each with a description as in `config.ts`. */
export const forgejoApplicationSettings = {
  FJMCP_FORGEJO_CLIENT_ID: oneWord().describe(
    "the client id of the OAuth2 application in Forgejo, whose redirect URI is `<issuer>/oauth/callback`",
  ),
  FJMCP_FORGEJO_CLIENT_SECRET_FILE: secretFile().describe("the application's secret"),
  FJMCP_FORGEJO_SCOPE: forgejoScope()
    .default(suggestedForgejoScope)
    .describe("the scope requested from Forgejo"),
  FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: oneWord()
    .optional()
    .describe(
      "the client id of a second application in Forgejo, with the same redirect URI, for connections that only read: Forgejo itself then rejects their writes; none unless given",
    ),
  FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE: secretFile()
    .optional()
    .describe("the secret of the second application"),
  FJMCP_FORGEJO_READ_ONLY_SCOPE: forgejoReadOnlyScope()
    .optional()
    .describe(
      "the scope requested for the second application; `FJMCP_FORGEJO_SCOPE` with read in the place of write, unless given",
    ),
};

const applications = z.object({
  FJMCP_FORGEJO_CLIENT_ID: z.string(),
  FJMCP_FORGEJO_CLIENT_SECRET_FILE: z.instanceof(Secret),
  FJMCP_FORGEJO_SCOPE: z.string(),
  FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: z.string().optional(),
  FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE: z.instanceof(Secret).optional(),
  FJMCP_FORGEJO_READ_ONLY_SCOPE: z.string().optional(),
});
type Applications = z.infer<typeof applications>;

/** The faults of the second application beside the first one, each with its setting. */
function faultsOfSecond(set: Applications): [setting: keyof Applications, message: string][] {
  const { FJMCP_FORGEJO_READ_ONLY_CLIENT_ID: clientId, FJMCP_FORGEJO_READ_ONLY_SCOPE: scope } = set;
  const faults: [keyof Applications, string][] = [];
  if (clientId !== undefined && set.FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE === undefined)
    faults.push(["FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE", "is required"]);
  if (clientId === set.FJMCP_FORGEJO_CLIENT_ID)
    faults.push([
      "FJMCP_FORGEJO_READ_ONLY_CLIENT_ID",
      "must be another application than FJMCP_FORGEJO_CLIENT_ID",
    ]);
  if (scope !== undefined && clientId === undefined)
    faults.push([
      "FJMCP_FORGEJO_READ_ONLY_SCOPE",
      "is used only with FJMCP_FORGEJO_READ_ONLY_CLIENT_ID; set that, or remove this",
    ]);
  else if (scope !== undefined && !coversReading(scope, set.FJMCP_FORGEJO_SCOPE))
    faults.push([
      "FJMCP_FORGEJO_READ_ONLY_SCOPE",
      "must read all that FJMCP_FORGEJO_SCOPE reads, and be public-only if that is",
    ]);
  return faults;
}

/** Checks the second application; also if other settings have faults, as all are reported together. */
export const secondApplicationCheck = z.superRefine<unknown>(
  (set, context) => {
    for (const [setting, message] of faultsOfSecond(applications.parse(set)))
      context.addIssue({ code: "custom", path: [setting], message });
  },
  { when: ({ value }) => applications.safeParse(value).success },
);

/** The applications of valid settings. */
export function forgejoApplications(set: Applications): {
  application: ForgejoApplicationSettings;
  readOnlyApplication: ForgejoApplicationSettings | undefined;
  hasUnusedSecret: boolean;
} {
  const clientId = set.FJMCP_FORGEJO_READ_ONLY_CLIENT_ID;
  const clientSecret = set.FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE;
  return {
    application: {
      clientId: set.FJMCP_FORGEJO_CLIENT_ID,
      clientSecret: set.FJMCP_FORGEJO_CLIENT_SECRET_FILE,
      scope: set.FJMCP_FORGEJO_SCOPE,
      settings: {
        clientId: "FJMCP_FORGEJO_CLIENT_ID",
        clientSecret: "FJMCP_FORGEJO_CLIENT_SECRET_FILE",
      },
    },
    hasUnusedSecret: clientId === undefined && clientSecret !== undefined,
    readOnlyApplication:
      clientId === undefined || clientSecret === undefined
        ? undefined
        : {
            clientId,
            clientSecret,
            scope: set.FJMCP_FORGEJO_READ_ONLY_SCOPE ?? readOnlyScopeOf(set.FJMCP_FORGEJO_SCOPE),
            settings: {
              clientId: "FJMCP_FORGEJO_READ_ONLY_CLIENT_ID",
              clientSecret: "FJMCP_FORGEJO_READ_ONLY_CLIENT_SECRET_FILE",
            },
          },
  };
}
