import { z } from "zod";
import { healthy, type ComponentHealth } from "@fjmcp/shared/component-health";
import type { ForgejoApp } from "./forgejo-client.ts";
import { requestForgejo } from "./forgejo-http.ts";

const tokenError = z.object({ error: z.string(), error_description: z.string().default("") });

/**
 * Whether Forgejo accepts our client id and secret. It authenticates a client before it looks at the refresh token, so a
 * refresh with a token that cannot exist has no other effect. Never rejects.
 */
export async function credentialsHealth(
  app: Pick<ForgejoApp, "url" | "clientId" | "clientSecret" | "timeoutMs">,
): Promise<ComponentHealth> {
  try {
    const { status, json } = await requestForgejo(`${app.url}/login/oauth/access_token`, {
      method: "POST",
      headers: { accept: "application/json" },
      body: new URLSearchParams({
        grant_type: "refresh_token",
        refresh_token: "none",
        client_id: app.clientId,
        client_secret: app.clientSecret.reveal(),
      }),
      timeoutMs: app.timeoutMs,
    });
    const { data } = tokenError.safeParse(json);
    if (data?.error === "invalid_client") return { status: "misconfigured", reason: rejection(app, data) };
    // It has authenticated the client, and rejects the token.
    if (data?.error === "unauthorized_client" || data?.error === "invalid_grant") return healthy;
    return {
      status: "away",
      reason: `${app.url} does not respond as Forgejo's OAuth2 provider (status ${status}); [oauth2] ENABLED may be false`,
    };
  } catch (error) {
    const { cause, message } = error as Error;
    return { status: "away", reason: `${message} (${cause instanceof Error ? cause.message : "no cause"})` };
  }
}

function rejection(app: { url: string; clientId: string }, error: z.infer<typeof tokenError>): string {
  return /secret/i.test(error.error_description)
    ? `FJMCP_FORGEJO_CLIENT_SECRET_FILE: ${app.url} rejects the secret of the application ${app.clientId}`
    : `FJMCP_FORGEJO_CLIENT_ID: ${app.url} has no application ${app.clientId}`;
}
