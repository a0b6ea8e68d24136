import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";

/** A grant with its account and client: identifies everything that runs on behalf of that grant. */
export interface Principal {
  readonly grantId: GrantId;
  readonly accountId: AccountId;
  readonly clientId: ClientId;
}

/** The principal of one request, with its token. */
export interface AuthenticatedCaller extends Principal {
  /** The plaintext token of this request, for the upstream-token call; must not be kept longer than that. */
  readonly accessToken: string;
}
