import type { Rig } from "./running-auth-server.ts";

/** Creates a user's grant at Forgejo, as an earlier installation with another scope would have. */
export async function grantAtForgejo(rig: Rig, name: string, scope: string): Promise<void> {
  const { clientId } = rig.forgejoApp;
  rig.forgejo.controls.revokeGrant(name, clientId);
  const callback = `${rig.issuer}/oauth/callback`;
  const url = new URL(`${rig.forgejo.url}/login/oauth/authorize`);
  const parameters = {
    client_id: clientId,
    redirect_uri: callback,
    response_type: "code",
    state: "x",
    scope,
  };
  for (const [key, value] of Object.entries(parameters)) url.searchParams.set(key, value);
  await rig.person(name).signInAndAllow(url, { stopAt: callback });
}
