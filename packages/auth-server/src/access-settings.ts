import { z } from "zod";
import { hostPatterns } from "./provider/client-documents/document-hosts.ts";
import { documentsFile } from "./provider/client-documents/documents-file.ts";
import { tokenDigests, uriSchemes } from "./provider/requests/client-policy.ts";
import { signInOrganizations, signInUsers } from "./upstream/tokens/sign-in-policy.ts";

/** The settings that say which users may sign in and which clients may connect. */
export const accessSettings = {
  FJMCP_SIGN_IN_USERS: signInUsers()
    .prefault("")
    .describe(
      "the users that may sign in, separated by spaces: login names, or `id:42` for an account whatever its name; all, unless this or `FJMCP_SIGN_IN_ORGANIZATIONS` is given",
    ),
  FJMCP_SIGN_IN_ORGANIZATIONS: signInOrganizations()
    .prefault("")
    .describe(
      "organizations, or teams as `organization/team`, whose members may sign in as well, separated by spaces",
    ),
  FJMCP_CLIENT_HOSTS: hostPatterns()
    .prefault("*")
    .describe(
      "the hosts whose clients may connect by a document that they publish, separated by spaces; `*.example.org` is all below it, `*` is any",
    ),
  FJMCP_CLIENT_HOSTS_DENIED: hostPatterns()
    .prefault("")
    .describe("hosts whose clients may not, even if `FJMCP_CLIENT_HOSTS` allows them"),
  FJMCP_REGISTRATION: z
    .enum(["open", "token", "off"])
    .default("open")
    .describe(
      "`open`: any client may register itself; `token`: with an initial access token; `off`: none may",
    ),
  FJMCP_REGISTRATION_TOKENS_SHA256: tokenDigests()
    .prefault("")
    .describe(
      "the initial access tokens for `FJMCP_REGISTRATION=token`: the SHA-256 of each in hex, separated by spaces",
    ),
  FJMCP_REDIRECT_HOSTS: hostPatterns()
    .prefault("*")
    .describe(
      "the hosts to which clients may be redirected, in the form of `FJMCP_CLIENT_HOSTS`; `localhost` stands for every loopback address",
    ),
  FJMCP_REDIRECT_SCHEMES: uriSchemes()
    .prefault("*")
    .describe(
      "the schemes of addresses to which clients may be redirected, such as `https http cursor`, separated by spaces; `http` is only for loopback, `*` is any",
    ),
  FJMCP_DEVICE_FLOW: z
    .enum(["on", "off"])
    .optional()
    .describe(
      "whether clients without a browser may connect by a code that their user types (RFC 8628): `on` or `off`; without it, on unless `FJMCP_REDIRECT_HOSTS` or `FJMCP_REDIRECT_SCHEMES` limits clients",
    ),
  FJMCP_CLIENT_DOCUMENTS_FILE: documentsFile().describe(
    "a JSON list of client documents that are used when the one at their `client_id` cannot be read",
  ),
};
