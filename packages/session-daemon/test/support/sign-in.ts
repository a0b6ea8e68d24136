import type { SandboxForgejo } from "@fjmcp/testkit/forgejo/sandbox-forgejo";
import { ScriptedUser } from "@fjmcp/testkit/scripted-user/scripted-user";

const redirectUri = "http://127.0.0.1:1/callback";

/** Signs the sandbox's first user in at an app of its own and gives the Forgejo access token. */
export async function signIn(forgejo: SandboxForgejo): Promise<{ token: string; revoke: () => void }> {
  const [user] = forgejo.users;
  if (user === undefined) throw new Error("the sandbox has no user");
  const { clientId, clientSecret } = await forgejo.createApp({ name: "test", redirectUris: [redirectUri] });
  const authorize = new URL("/login/oauth/authorize", forgejo.url);
  authorize.search = new URLSearchParams({
    client_id: clientId,
    response_type: "code",
    redirect_uri: redirectUri,
    scope: "read:user write:repository write:issue",
    state: "state",
  }).toString();
  const back = await new ScriptedUser(user).signInAndAllow(authorize, { stopAt: redirectUri });
  const response = await fetch(new URL("/login/oauth/access_token", forgejo.url), {
    method: "POST",
    body: new URLSearchParams({
      grant_type: "authorization_code",
      client_id: clientId,
      client_secret: clientSecret,
      code: back.searchParams.get("code") ?? "",
      redirect_uri: redirectUri,
    }),
  });
  const { access_token: token } = (await response.json()) as { access_token: string };
  return { token, revoke: () => forgejo.controls.revokeGrant(user.name, clientId) };
}
