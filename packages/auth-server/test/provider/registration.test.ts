import { requestOAuth } from "@fjmcp/testkit/oauth-client/oauth-request";
import t from "tap";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { connect, postJson, redirectUri, refresh, register } from "../support/client.ts";

const setup = await setUpAuthServer(t);
const origin = await setup.serve();
const ask = (metadata: unknown) => postJson(`${origin}/oauth/register`, metadata);
const none = { token_endpoint_auth_method: "none" };

/** What real clients send, and what must be registered. */
const profiles: { name: string; sent: Record<string, unknown>; registered: Record<string, unknown> }[] = [
  {
    name: "Claude",
    sent: {
      redirect_uris: ["https://claude.ai/api/mcp/auth_callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      scope: "forgejo:read forgejo:write",
      client_name: "Claude",
      application_type: "web",
      ...none,
    },
    registered: { ...none, scope: "forgejo:read forgejo:write", application_type: "web" },
  },
  {
    name: "Claude with client_secret_post",
    sent: {
      redirect_uris: ["https://claude.ai/api/mcp/auth_callback"],
      token_endpoint_auth_method: "client_secret_post",
      client_name: "Claude",
    },
    registered: none,
  },
  {
    name: "Claude Code",
    sent: {
      client_name: "Claude Code (forgejo)",
      redirect_uris: ["http://localhost:3118/callback"],
      ...none,
    },
    registered: {
      application_type: "native",
      grant_types: ["authorization_code", "refresh_token"],
      ...none,
    },
  },
  {
    name: "Cursor",
    sent: {
      client_name: "Cursor",
      redirect_uris: [
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "https://www.cursor.com/agents/mcp/oauth/callback",
        "http://localhost:8787/callback",
      ],
      ...none,
    },
    registered: { application_type: "native" },
  },
  {
    name: "VS Code",
    sent: {
      client_name: "Visual Studio Code",
      redirect_uris: [
        "https://insiders.vscode.dev/redirect",
        "https://vscode.dev/redirect",
        "http://127.0.0.1/",
        "http://127.0.0.1:33418/",
      ],
      application_type: "native",
      grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
      response_types: ["code"],
      ...none,
    },
    registered: {
      grant_types: ["authorization_code", "refresh_token", "urn:ietf:params:oauth:grant-type:device_code"],
    },
  },
  {
    name: "Inspector",
    sent: {
      client_name: "MCP Inspector",
      redirect_uris: ["http://localhost:6274/oauth/callback"],
      scope: "",
      application_type: "native",
      ...none,
    },
    registered: { scope: undefined },
  },
  {
    name: "mcp-remote",
    sent: {
      client_name: "MCP CLI Proxy",
      redirect_uris: ["http://localhost:14321/oauth/callback"],
      software_id: "2e6dc280-f3c3-4e01-99a7-8181dbd1d23d",
      software_version: "0.1.38",
      scope: "openid email profile",
      ...none,
    },
    registered: { software_version: "0.1.38", scope: undefined },
  },
  {
    name: "Gemini CLI",
    sent: {
      client_name: "Gemini CLI MCP Client",
      redirect_uris: ["http://localhost:7777/oauth/callback"],
      scope: "",
      ...none,
    },
    registered: { application_type: "native" },
  },
  {
    name: "null and empty members, links that are none, unknown members",
    sent: {
      redirect_uris: [redirectUri],
      client_name: "",
      client_uri: null,
      logo_uri: "",
      tos_uri: "not a link",
      contacts: [],
      jwks_uri: "https://client.example/jwks",
      sector_identifier_uri: "https://client.example/sector",
      id_token_signed_response_alg: "HS256",
      "x-unknown": "?",
      ...none,
    },
    registered: { client_name: undefined, client_uri: undefined, jwks_uri: undefined },
  },
];

for (const { name, sent, registered } of profiles) {
  t.test(`registers ${name}`, async (t) => {
    const { status, body, headers } = await ask(sent);
    t.equal(status, 201);
    t.equal(headers.get("cache-control"), "no-store");
    t.match(body, { redirect_uris: sent.redirect_uris, client_id: String });
    for (const [member, value] of Object.entries(registered)) t.same(body[member], value, member);
    for (const [member, value] of Object.entries(body)) {
      t.notOk(value === null || value === "" || (Array.isArray(value) && value.length === 0), member);
    }
    t.equal("client_secret" in body, body.token_endpoint_auth_method !== "none");
  });
}

t.test("registers two working clients for two equal registrations", async (t) => {
  const [first, second] = await Promise.all([register(origin), register(origin)]);
  t.not(first.clientId, second.clientId);
  await connect(origin, setup.user(), first);
  await connect(origin, setup.user(), second);
});

t.test("issues no refresh token to a client without the refresh grant", async (t) => {
  const client = await register(origin, { grant_types: ["authorization_code"] });
  const { refreshToken } = await connect(origin, setup.user(), client);
  t.equal(refreshToken, "undefined");
  t.match(await refresh(origin, client, "x"), { status: 400 });
});

t.test("rejects dangerous and malformed registrations with the RFC's error", async (t) => {
  const redirects = [
    "http://client.example/callback",
    "https://user@client.example/callback",
    "https://user:password@client.example/callback",
    "https://@client.example/callback",
    "https://client.example/callback#fragment",
    "https://client.example/callback#",
    "https://client.example/callback ",
    " https://client.example/callback",
    "https://client.example/call\tback",
    "https://client.example/call\nback",
    "https://client.example/call\u0000back",
    "https://client.example/call\u00a0back",
    "http://127.0.0.1.client.example/",
    "http://localhost.client.example/",
    "http://192.168.0.1/",
    "/callback",
    "javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "blob:https://a.example/x",
    "about:blank",
    "ftp://a.example/",
    "ws://a.example/",
    "wss://a.example/",
    "intent://x#Intent;end",
    "view-source:https://a.example/",
    "JavaScript:alert(1)",
    "filesystem:https://a.example/temporary/x.html",
    "jar:https://a.example/x.jar!/x.html",
    "chrome://settings",
    "chrome-extension://abcdefghijklmnop/callback.html",
    "moz-extension://abcdefghijklmnop/callback.html",
    "safari-web-extension://abcdefghijklmnop/callback.html",
    "edge://settings",
    "devtools://devtools/x",
    "resource://x",
    "res://ieframe.dll/x",
    "feed:https://a.example/",
    "feed:javascript:alert(1)",
    "livescript:x",
    "mhtml:https://a.example/x",
    "ms-msdt:/id%20PCWDiagnostic",
    "ms-word:ofe|u|https://a.example/x.docx",
    "ms-its:x.chm::/x.htm",
    "search-ms:query=x",
    "SEARCH-MS:query=x",
    "shell:startup",
    "mailto:somebody",
    "tel:110",
    "sms:110",
    "ldap://a.example/",
    "ldaps://a.example/",
    "smb://a.example/share",
    "ssh://a.example/",
    "telnet://a.example/",
    "itms-services://?action=download-manifest",
    "market://details",
    "android-app://com.example",
    "applescript://com.apple.scripteditor",
    "shortcuts://run-shortcut",
    "x-apple.systempreferences:",
    "WSS://a.example/",
    "https:client.example/callback",
    "https:/client.example/callback",
    "https:///client.example/callback",
    "https:\\\\client.example/callback",
    "https://client.example\\.evil.example/callback",
    "http:\\\\localhost/callback",
    "cursor:/\\user@host/callback",
    "http://loc\u00adalhost/callback",
    "https://client\u200b.example/callback",
    "https://client.example/\u202ekcabllac",
    "https://client.example/\ud800",
  ];
  for (const uri of redirects) {
    for (const uris of [[uri], [redirectUri, uri]]) {
      t.match(
        await ask({ redirect_uris: uris, ...none }),
        { status: 400, body: { error: "invalid_redirect_uri" } },
        JSON.stringify(uri),
      );
    }
  }
  for (const metadata of [
    {},
    { redirect_uris: [] },
    { redirect_uris: "https://client.example/callback" },
    { redirect_uris: [1] },
    { redirect_uris: Array.from({ length: 21 }, (_, i) => `https://client.example/${i}`) },
    { redirect_uris: [`https://client.example/${"x".repeat(3000)}`] },
    { redirect_uris: [redirectUri], client_name: "x".repeat(201) },
    { redirect_uris: [redirectUri], client_name: { toString: 1 } },
    { redirect_uris: [redirectUri], grant_types: ["implicit"] },
    { redirect_uris: [redirectUri], response_types: ["token"] },
    { redirect_uris: [redirectUri], token_endpoint_auth_method: "private_key_jwt" },
    [],
    null,
    "text",
  ]) {
    const { status, body } = await ask(metadata);
    t.equal(status, 400, JSON.stringify(metadata).slice(0, 60));
    t.match(body.error, /^invalid_(client_metadata|redirect_uri|request)$/);
  }
  t.match(
    await ask({ redirect_uris: [redirectUri], client_name: "x".repeat(60_000) }),
    { status: 400 },
    "too big",
  );
});

t.test("rejects a member that is nested too deep for JSON.stringify as one of a wrong type", async (t) => {
  const nested = `${"[".repeat(10_000)}${"]".repeat(10_000)}`;
  for (const member of ["redirect_uris", "client_name", "scope", "grant_types", "software_id"]) {
    const others = Object.entries({ redirect_uris: [redirectUri], ...none }).filter(
      ([name]) => name !== member,
    );
    const text = `{${others.map(([name, value]) => `"${name}":${JSON.stringify(value)},`).join("")}"${member}":${nested}}`;
    const { status, body } = await requestOAuth(`${origin}/oauth/register`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: text,
    });
    t.equal(status, 400, member);
    t.equal(
      body.error,
      member === "redirect_uris" ? "invalid_redirect_uri" : "invalid_client_metadata",
      member,
    );
  }
});

t.test("accepts custom schemes and loopback addresses", async (t) => {
  for (const uri of [
    "cursor://anysphere.cursor-mcp/oauth/callback",
    "claude://claude.ai/mcp-auth-callback/sdk",
    "com.example.app:/callback",
    "vscode://vscode.github-authentication/did-authenticate",
    "vscode-insiders://vendor.extension/callback",
    "windsurf://codeium.windsurf/callback",
    "goose://oauth_callback",
    "raycast://oauth",
    "filesystem-app:/callback",
    "mcp+search-ms.app:/callback",
    "http://127.0.0.1/",
    "http://[::1]:4000/callback",
    "https://localhost:8443/callback",
  ]) {
    t.match(await ask({ redirect_uris: [uri], ...none }), { status: 201, body: { redirect_uris: [uri] } });
  }
});
