import type { Secret } from "@fjmcp/shared/config/secret";
import { z } from "zod";
import { requestForgejo, type ForgejoResponse } from "./forgejo-http.ts";

/** How one of our applications authenticates at a Forgejo. */
export interface ForgejoCredentials {
  /** Without a trailing slash; may have a path. */
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: Secret;
  readonly timeoutMs: number;
}

/** The error response of Forgejo's token endpoint (RFC 6749 §5.2). */
export const tokenErrorResponse = z.object({
  error: z.string(),
  error_description: z.string().default(""),
});

/** Sends a request to Forgejo's token endpoint as our application (RFC 6749 §2.3.1). Rejects as `requestForgejo`. */
export function postTokenRequest(
  { url, clientId, clientSecret, timeoutMs }: ForgejoCredentials,
  parameters: Readonly<Record<string, string>>,
): Promise<ForgejoResponse> {
  return requestForgejo(`${url}/login/oauth/access_token`, {
    method: "POST",
    headers: { accept: "application/json" },
    body: new URLSearchParams({
      ...parameters,
      client_id: clientId,
      client_secret: clientSecret.reveal(),
    }),
    timeoutMs,
  });
}
