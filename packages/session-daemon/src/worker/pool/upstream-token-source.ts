import type { UpstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";

/**
 * Requests the Forgejo token of the account that `accessToken` belongs to: the plaintext token of the request that is
 * being served. Rejects when the auth-server cannot be reached or its response is not usable, and with the signal.
 */
export type UpstreamTokenSource = (
  accessToken: string,
  signal: AbortSignal,
) => Promise<UpstreamTokenResponse>;
