import t from "tap";
import { newPkce } from "@fjmcp/testkit/oauth-client/pkce";
import { postForm } from "@fjmcp/testkit/oauth-client/oauth-request";
import { postJson, refresh } from "../support/client.ts";
import { startRig } from "../support/running-auth-server.ts";

const rig = await startRig(t);
const origin = await rig.serve();
const scopes = "forgejo:read forgejo:write";
const resource = `${origin}/mcp`;
const none = { token_endpoint_auth_method: "none" };
const grants = { grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] };

interface Profile {
  readonly registration: Record<string, unknown>;
  /** Default: the first that is registered. */
  readonly redirectUri?: string;
  /** Parameters of the authorization request; a list is sent several times. */
  readonly authorize?: Record<string, string | string[]>;
  readonly token?: Record<string, string | string[]>;
  readonly refresh?: Record<string, string>;
}

/** What each client sends, member by member. */
const profiles: Record<string, Profile> = {
  Claude: {
    registration: {
      redirect_uris: ["https://claude.ai/api/mcp/auth_callback"],
      ...none,
      ...grants,
      scope: scopes,
      client_name: "Claude",
      application_type: "web",
    },
    authorize: { scope: `${scopes} offline_access`, prompt: "consent", resource: `${resource}/` },
    token: { resource: `${resource}/` },
    refresh: { resource: `${resource}/` },
  },
  "Claude with client_secret_post": {
    registration: {
      redirect_uris: ["https://claude.com/api/mcp/auth_callback"],
      token_endpoint_auth_method: "client_secret_post",
      grant_types: [...grants.grant_types, "urn:ietf:params:oauth:grant-type:jwt-bearer"],
      response_types: ["code"],
      scope: "claudeai",
      client_name: "Claude",
      client_uri: "https://claude.ai",
    },
    authorize: { scope: "claudeai", resource },
    token: { resource, client_secret: "" },
  },
  "Claude Code": {
    registration: {
      client_name: "Claude Code (forgejo)",
      redirect_uris: ["http://localhost:3118/callback"],
      application_type: "native",
      ...none,
      ...grants,
      scope: scopes,
    },
    redirectUri: "http://localhost:51234/callback",
    authorize: { scope: scopes, resource },
    token: { resource },
    refresh: { resource },
  },
  Codex: {
    registration: {
      client_name: "Codex",
      redirect_uris: ["http://127.0.0.1:40001/callback"],
      application_type: "native",
      ...grants,
      ...none,
      scope: scopes,
    },
    authorize: { scope: scopes, resource },
    token: { resource },
    refresh: { resource, scope: scopes },
  },
  "an older Codex, which names the resource twice": {
    registration: { client_name: "Codex", redirect_uris: ["http://127.0.0.1:40001/callback/abc"], ...none },
    authorize: { resource: [resource, resource] },
    token: { resource: [resource, `${resource}/`] },
  },
  "GitHub Copilot CLI": {
    registration: {
      client_name: "GitHub Copilot CLI",
      redirect_uris: ["http://127.0.0.1:40002/"],
      ...grants,
      ...none,
    },
    authorize: { prompt: "select_account", resource },
    token: { resource },
  },
  Cursor: {
    registration: {
      client_name: "Cursor",
      redirect_uris: [
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "https://www.cursor.com/agents/mcp/oauth/callback",
        "http://localhost:8787/callback",
      ],
      ...grants,
      ...none,
    },
    authorize: { resource },
    token: { resource },
  },
  "VS Code": {
    registration: {
      client_name: "Visual Studio Code",
      client_uri: "https://code.visualstudio.com",
      redirect_uris: [
        "https://insiders.vscode.dev/redirect",
        "https://vscode.dev/redirect",
        "http://127.0.0.1/",
        "http://127.0.0.1:33418/",
      ],
      grant_types: [...grants.grant_types, "urn:ietf:params:oauth:grant-type:device_code"],
      response_types: ["code"],
      ...none,
      application_type: "native",
      scope: scopes,
    },
    redirectUri: "http://127.0.0.1:40003/",
    authorize: { scope: scopes, resource },
  },
  "MCP Inspector": {
    registration: {
      client_name: "MCP Inspector",
      client_uri: "https://github.com/modelcontextprotocol/inspector",
      redirect_uris: ["http://127.0.0.1:6274/oauth/callback"],
      ...grants,
      ...none,
      scope: "",
    },
    authorize: { scope: "", prompt: "consent", resource },
    token: { resource },
  },
  "mcp-remote": {
    registration: {
      client_name: "MCP CLI Proxy",
      client_uri: "https://github.com/modelcontextprotocol/mcp-cli",
      redirect_uris: ["http://localhost:14321/oauth/callback"],
      software_id: "2e6dc280-f3c3-4e01-99a7-8181dbd1d23d",
      software_version: "0.1.38",
      scope: "openid email profile",
      ...grants,
      ...none,
    },
    authorize: { scope: "openid email profile", resource, nonce: "n" },
    token: { resource },
  },
  "Gemini CLI": {
    registration: {
      client_name: "Gemini CLI MCP Client",
      redirect_uris: ["http://localhost:40004/oauth/callback"],
      ...grants,
      ...none,
      scope: scopes,
      code_challenge_method: ["S256"],
    },
    authorize: { scope: scopes, resource },
    token: { resource },
    refresh: { scope: scopes, resource },
  },
  OpenCode: {
    registration: {
      client_name: "OpenCode",
      client_uri: "https://opencode.ai",
      redirect_uris: ["http://127.0.0.1:19876/mcp/oauth/callback"],
      ...grants,
      ...none,
    },
    authorize: { resource },
  },
  "Qwen Code": {
    registration: {
      client_name: "Qwen Code MCP Client",
      redirect_uris: ["http://localhost:7777/oauth/callback"],
      ...grants,
      ...none,
      scope: "",
      code_challenge_method: ["S256"],
    },
    authorize: { resource },
  },
  ChatGPT: {
    registration: {
      client_name: "ChatGPT",
      redirect_uris: ["https://chatgpt.com/connector_platform_oauth_redirect"],
      token_endpoint_auth_method: "client_secret_basic",
      ...grants,
    },
    authorize: { scope: "openid email offline_access", resource },
    token: { resource },
  },
  "an SDK client without an authentication method": {
    registration: {
      client_name: "sdk",
      redirect_uris: ["http://localhost:8090/callback"],
      logo_uri: null,
      contacts: null,
      tos_uri: "",
      jwks: null,
    },
  },
};

for (const [name, profile] of Object.entries(profiles)) {
  t.test(`signs in and refreshes ${name}`, async (t) => {
    const { status, body } = await postJson(`${origin}/oauth/register`, profile.registration);
    t.equal(status, 201, String(body.error_description));
    for (const [member, value] of Object.entries(body)) t.not(value ?? "", "", `${member} is not empty`);
    const clientId = String(body.client_id);
    const redirectUri = profile.redirectUri ?? (body.redirect_uris as string[])[0]!;

    const { verifier, challenge } = newPkce();
    const url = new URL("/oauth/authorize", origin);
    url.search = new URLSearchParams([
      ["response_type", "code"],
      ["client_id", clientId],
      ["redirect_uri", redirectUri],
      ["code_challenge", challenge],
      ["code_challenge_method", "S256"],
      ["state", "s"],
      ...pairs(profile.authorize),
    ]).toString();
    const back = await rig.person().signInAndAllow(url, { stopAt: redirectUri });
    t.match(Object.fromEntries(back.searchParams), { code: /./, state: "s", iss: origin });

    const method = String(body.token_endpoint_auth_method);
    const basic = `Basic ${Buffer.from(`${clientId}:${String(body.client_secret)}`).toString("base64")}`;
    const headers = method === "client_secret_basic" ? { authorization: basic } : {};
    const tokens = await postForm(
      `${origin}/oauth/token`,
      {
        grant_type: "authorization_code",
        code: back.searchParams.get("code")!,
        code_verifier: verifier,
        redirect_uri: redirectUri,
        ...(method === "none" && { client_id: clientId }),
        ...profile.token,
      },
      { headers },
    );
    t.match(tokens, { status: 200, body: { token_type: "Bearer", scope: scopes, refresh_token: /./ } });
    if (method !== "none") return;
    const client = { clientId, redirectUri };
    const again = await refresh(origin, client, String(tokens.body.refresh_token), profile.refresh);
    t.match(again, { status: 200, body: { access_token: /./, refresh_token: /./ } });
  });
}

function pairs(parameters: Record<string, string | string[]> = {}): [string, string][] {
  return Object.entries(parameters).flatMap(([name, value]) =>
    [value].flat().map((one): [string, string] => [name, one]),
  );
}
