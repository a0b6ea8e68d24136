import type { ClientLogin, ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams } from "../mcp-requests.ts";

const init = initializeParams("2025-11-25", { name: "cursor-vscode", version: "1.0.0" });

const redirectUris = [
  "cursor://anysphere.cursor-mcp/oauth/callback",
  "https://www.cursor.com/agents/mcp/oauth/callback",
  "http://localhost:8787/callback",
] as const;

function login(way: string, redirectUri: string): ClientLogin {
  return {
    way,
    client: {
      registration: {
        client_name: "Cursor",
        redirect_uris: redirectUris,
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "none",
      },
    },
    redirectUri,
    authorize: { resource: "{resource}" },
    token: { resource: "{resource}" },
    refresh: {},
  };
}

export const cursor: ClientProfile = {
  name: "Cursor",
  version: "documented",
  probes: [initialize(init)],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    login("app", redirectUris[0]),
    login("agents on the web", redirectUris[1]),
    login("command line", redirectUris[2]),
  ],
  mcp: { initialize: init, headers: { "mcp-protocol-version": "2025-11-25" } },
};
