import type { UpstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";

/**
 * Asks the auth-server for the Forgejo token of the account behind `accessToken`, the plaintext token of the request
 * that is being served. Rejects when the auth-server can not be reached or gives no usable answer, and with the signal.
 */
export type UpstreamTokenSource = (
  accessToken: string,
  signal: AbortSignal,
) => Promise<UpstreamTokenResponse>;
