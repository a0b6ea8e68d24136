import type { AuthServerSetup } from "./auth-server-setup.ts";

/** Creates a user's grant at Forgejo, as an earlier installation with another scope would have. */
export async function grantAtForgejo(setup: AuthServerSetup, name: string, scope: string): Promise<void> {
  const { clientId } = setup.forgejoApp;
  setup.forgejo.controls.revokeGrant(name, clientId);
  const callback = `${setup.issuer}/oauth/callback`;
  const url = new URL(`${setup.forgejo.url}/login/oauth/authorize`);
  const parameters = {
    client_id: clientId,
    redirect_uri: callback,
    response_type: "code",
    state: "x",
    scope,
  };
  for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
  await setup.user(name).signInAndAllow(url, { stopAt: callback });
}
