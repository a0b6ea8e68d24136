import type { Principal } from "@fjmcp/shared/principal";

/** The principal of one request, with its token. */
export interface AuthenticatedCaller extends Principal {
  /** The plaintext token of this request, for the upstream-token call; must not be kept longer than that. */
  readonly accessToken: string;
}
