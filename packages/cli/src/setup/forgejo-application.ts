import { z } from "zod";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";

const timeoutMs = 15_000;
const applicationName = "fjmcp";

const application = z.object({
  id: z.number(),
  client_id: z.string(),
  client_secret: z.string(),
  redirect_uris: z.array(z.string()),
});

/** An OAuth2 application in Forgejo, with its secret. */
export interface ForgejoApplication {
  readonly clientId: string;
  readonly clientSecret: string;
}

/**
 * Creates the application, or gives the one with this redirect URI a new secret: what an earlier run has created, and
 * could not store. `token` is a personal access token with `write:user`; it is used for this alone.
 */
export async function createApplication(
  forgejoUrl: string,
  token: string,
  redirectUri: string,
): Promise<ForgejoApplication> {
  const url = `${forgejoUrl}/api/v1/user/applications/oauth2`;
  const wanted = { name: applicationName, redirect_uris: [redirectUri], confidential_client: true };
  const existing = z.array(application).parse(await send(`${url}?limit=50`, token, "GET"));
  const same = existing.find(({ redirect_uris: uris }) => uris.includes(redirectUri));
  const stored =
    same === undefined
      ? await send(url, token, "POST", wanted)
      : await send(`${url}/${same.id}`, token, "PATCH", wanted);
  const { client_id: clientId, client_secret: clientSecret } = application.parse(stored);
  return { clientId, clientSecret };
}

async function send(url: string, token: string, method: string, body?: object): Promise<unknown> {
  const response = await fetch(url, {
    method,
    headers: {
      authorization: `token ${token}`,
      accept: "application/json",
      "content-type": "application/json",
    },
    redirect: "error",
    signal: AbortSignal.timeout(timeoutMs),
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: Error) => {
    throw new CommandError(
      exitCodes.unavailable,
      `${new URL(url).origin} does not respond (${error.message}).`,
      "Correct the Forgejo URL, or start Forgejo, and run fjmcp setup again.",
    );
  });
  if (response.ok) return response.json();
  // Forgejo's messages may repeat the token.
  throw new CommandError(
    exitCodes.configuration,
    `Forgejo rejects the creation of the application (status ${response.status}).`,
    response.status === 401 || response.status === 403
      ? "The token must be valid and have the scope write:user. Without one, create the application by hand: leave the token out."
      : "Create the application by hand: leave the token out.",
  );
}

/** What to do in Forgejo's pages instead. */
export function applicationInstructions(forgejoUrl: string, redirectUri: string): string {
  return `Create the application in Forgejo:
  1. Open ${forgejoUrl}/user/settings/applications as its future owner.
  2. Under “Create a new OAuth2 application”, enter
       Application name:  ${applicationName}
       Redirect URIs:     ${redirectUri}
     and leave “Confidential client” ticked.
  3. Forgejo then shows the client id, and the client secret once.`;
}
