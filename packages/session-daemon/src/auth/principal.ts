import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";

/** A grant and whose it is: what everything that runs on it is known by. */
export interface Principal {
  readonly grantId: GrantId;
  readonly accountId: AccountId;
  readonly clientId: ClientId;
}

/** Whose request it is. */
export interface AuthenticatedCaller extends Principal {
  /** The plaintext token of this request, for the upstream-token call; nobody keeps it. */
  readonly accessToken: string;
}
