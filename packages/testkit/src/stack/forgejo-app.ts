import type { SandboxForgejo } from "../forgejo/sandbox-forgejo.ts";
import { ScriptedUser } from "../scripted-user/scripted-user.ts";
import { authorizeUrl } from "../oauth-client/authorize-url.ts";
import { formBody, type FormFields } from "../oauth-client/oauth-request.ts";
import { newPkce } from "../oauth-client/pkce.ts";

export const redirectUri = "http://127.0.0.1:1/callback";
export const readWrite =
  "openid read:user write:repository write:issue write:organization write:notification";

export interface Tokens {
  access_token: string;
  refresh_token: string;
  expires_in: number;
  token_type: string;
  id_token?: string;
}

/** An OAuth client of a Forgejo with one method per HTTP request, whose parameters a test can change. */
export class ForgejoApp {
  readonly url: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly pkce = newPkce();

  constructor(url: string, client: { clientId: string; clientSecret: string }) {
    this.url = url;
    this.clientId = client.clientId;
    this.clientSecret = client.clientSecret;
  }

  static async register(
    forgejo: SandboxForgejo,
    options: { confidential?: boolean; redirectUris?: string[] } = {},
  ): Promise<ForgejoApp> {
    const { redirectUris = [redirectUri], ...rest } = options;
    return new ForgejoApp(forgejo.url, await forgejo.createApp({ name: "a test", redirectUris, ...rest }));
  }

  authorizeUrl(parameters: Record<string, string | undefined> = {}): string {
    return authorizeUrl(`${this.url}/login/oauth/authorize`, {
      client_id: this.clientId,
      response_type: "code",
      redirect_uri: redirectUri,
      scope: readWrite,
      state: "a-state",
      code_challenge: this.pkce.challenge,
      code_challenge_method: "S256",
      ...parameters,
    }).href;
  }

  async code(user: ScriptedUser, parameters?: Record<string, string | undefined>): Promise<string> {
    const back = await user.signInAndAllow(this.authorizeUrl(parameters), { stopAt: redirectUri });
    const code = back.searchParams.get("code");
    if (code === null) throw new Error(`No code: ${back.searchParams.get("error_description")}`);
    return code;
  }

  exchange(code: string, changes: Record<string, string | undefined> = {}): Promise<Response> {
    return this.token({
      grant_type: "authorization_code",
      client_id: this.clientId,
      client_secret: this.clientSecret,
      code,
      redirect_uri: redirectUri,
      code_verifier: this.pkce.verifier,
      ...changes,
    });
  }

  refresh(refreshToken: string, changes: Record<string, string | undefined> = {}): Promise<Response> {
    return this.token({
      grant_type: "refresh_token",
      client_id: this.clientId,
      client_secret: this.clientSecret,
      refresh_token: refreshToken,
      ...changes,
    });
  }

  token(fields: FormFields, headers: Record<string, string> = {}): Promise<Response> {
    return fetch(`${this.url}/login/oauth/access_token`, { method: "POST", body: formBody(fields), headers });
  }

  async logIn(user: ScriptedUser, parameters?: Record<string, string | undefined>): Promise<Tokens> {
    return (await (await this.exchange(await this.code(user, parameters))).json()) as Tokens;
  }

  introspect(token: string): Promise<Response> {
    return fetch(`${this.url}/login/oauth/introspect`, {
      method: "POST",
      body: new URLSearchParams({ token }),
      headers: {
        authorization: `Basic ${Buffer.from(`${this.clientId}:${this.clientSecret}`).toString("base64")}`,
      },
    });
  }
}

/** `GET` of the API with a token. */
export function api(forgejo: { readonly url: string }, path: string, token: string): Promise<Response> {
  return fetch(`${forgejo.url}/api/v1${path}`, { headers: { authorization: `Bearer ${token}` } });
}

/** One of the sandbox's users, with a new browser. */
export function scriptedUser(forgejo: SandboxForgejo, name: string): ScriptedUser {
  const user = forgejo.users.find((user) => user.name === name);
  if (user === undefined) throw new Error(`No user ${name}`);
  return new ScriptedUser(user);
}
