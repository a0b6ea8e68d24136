import type { GrantId } from "@fjmcp/shared/ids";
import type { UserCheckResponse } from "@fjmcp/shared/ipc/user-check";

/**
 * Asks the auth-server what Forgejo says now of the account of a grant. Rejects when the auth-server cannot be reached
 * or its response is not usable.
 */
export type UserCheckSource = (grantId: GrantId) => Promise<UserCheckResponse>;
