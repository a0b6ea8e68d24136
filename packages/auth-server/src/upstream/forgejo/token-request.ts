import { z } from "zod";
import type { ForgejoApp } from "./forgejo-client.ts";
import { requestForgejo, type ForgejoResponse } from "./forgejo-http.ts";

/** The error response of Forgejo's token endpoint (RFC 6749 §5.2). */
export const tokenErrorResponse = z.object({
  error: z.string(),
  error_description: z.string().default(""),
});

/** Sends a request to Forgejo's token endpoint as our application (RFC 6749 §2.3.1). Rejects as `requestForgejo`. */
export function postTokenRequest(
  { url, clientId, clientSecret, timeoutMs }: Omit<ForgejoApp, "redirectUri">,
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
