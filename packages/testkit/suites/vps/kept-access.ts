import type { Container } from "./container.ts";
import { containerFetch } from "./container-fetch.ts";
import type { Connection } from "./load.ts";
import { mcpUrl, publicUrl } from "./public-name.ts";

/** The status of a request with the token and the session of a client that has gone. */
export async function callAgain(
  container: Container,
  { accessToken, sessionId }: Connection,
): Promise<number> {
  const headers = {
    authorization: `Bearer ${accessToken}`,
    "mcp-session-id": sessionId,
    "content-type": "application/json",
    accept: "application/json, text/event-stream",
  };
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method: "tools/list", params: {} });
  return (await containerFetch(container, mcpUrl, { method: "POST", headers, body })).status;
}

/** The status with which the registration's grant is refreshed. */
export async function refresh(container: Container, { clientId, refreshToken }: Connection): Promise<number> {
  const form = { grant_type: "refresh_token", client_id: clientId, refresh_token: refreshToken };
  const headers = { "content-type": "application/x-www-form-urlencoded" };
  const body = new URLSearchParams(form).toString();
  return (await containerFetch(container, `${publicUrl}/oauth/token`, { method: "POST", headers, body }))
    .status;
}
