import type { z } from "zod";
import type { Clock } from "@fjmcp/shared/clock";
import { healthy, type ComponentHealth } from "@fjmcp/shared/component-health";
import { UpstreamMisconfiguredError } from "../errors/upstream-misconfigured-error.ts";
import { createForgejoClient } from "./forgejo-client.ts";
import { postTokenRequest, tokenErrorResponse, type ForgejoCredentials } from "./token-request.ts";

type Credentials = ForgejoCredentials & {
  /** The settings that have them, for the reason of a fault. */
  readonly settings: { readonly clientId: string; readonly clientSecret: string };
};

/**
 * Whether Forgejo accepts our client id and secret. It authenticates a client before it looks at the refresh token, so a
 * refresh with a token that cannot exist has no other effect. Never rejects.
 */
export async function credentialsHealth(app: Credentials): Promise<ComponentHealth> {
  try {
    const { status, data } = await requestTokens(app, { grant_type: "refresh_token", refresh_token: "none" });
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

/**
 * Whether our application at Forgejo has the redirect URI. Forgejo looks at it before it looks for the code, so that a
 * code which cannot exist has no other effect. Never rejects; healthy when Forgejo says something else.
 */
export async function redirectUriHealth(app: Credentials, redirectUri: string): Promise<ComponentHealth> {
  try {
    const exchange = { grant_type: "authorization_code", code: "none", redirect_uri: redirectUri };
    const { data } = await requestTokens(app, exchange);
    if (data?.error_description !== "unexpected redirect URI") return healthy;
    return {
      status: "misconfigured",
      reason: `${app.settings.clientId}: the application ${app.clientId} at ${app.url} does not have the redirect URI ${redirectUri}: add it there, exactly so`,
    };
  } catch {
    // That Forgejo is away is the finding of another check.
    return healthy;
  }
}

/**
 * Whether Forgejo says what a token may do, without which no login is completed: asked of a token that cannot exist, so
 * that it has no other effect. To be called when it accepts the id and secret. Never rejects.
 */
export async function introspectionHealth(app: Credentials, clock: Clock): Promise<ComponentHealth> {
  const client = createForgejoClient({ ...app, redirectUri: "" }, clock);
  try {
    await client.introspect("none");
    return healthy;
  } catch (error) {
    const { message } = error as Error;
    if (!(error instanceof UpstreamMisconfiguredError)) return { status: "away", reason: message };
    return {
      status: "misconfigured",
      reason: `${message}, though it accepts the client id and secret: no login can be completed; let the proxy in front of Forgejo pass /login/oauth/introspect and its Authorization header on`,
    };
  }
}

async function requestTokens(app: Credentials, parameters: Readonly<Record<string, string>>) {
  const { status, json } = await postTokenRequest(app, parameters);
  return { status, data: tokenErrorResponse.safeParse(json).data };
}

function rejection(app: Credentials, error: z.infer<typeof tokenErrorResponse>): string {
  return /secret/i.test(error.error_description)
    ? `${app.settings.clientSecret}: ${app.url} rejects the secret of the application ${app.clientId}`
    : `${app.settings.clientId}: ${app.url} has no application ${app.clientId}`;
}
