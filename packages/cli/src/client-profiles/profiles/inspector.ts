import type { ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams, listTools } from "../mcp-requests.ts";

const info = { name: "inspector-client", version: "2.12.0" };
const init = initializeParams("2025-11-25", info);
const registration = {
  client_name: "MCP Inspector",
  client_uri: "https://github.com/modelcontextprotocol/inspector",
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  token_endpoint_auth_method: "none",
};

/** Its requests come from a process of Node. With `--protocol-era modern` it speaks MCP 2026-07-28 alone. */
export const inspector: ClientProfile = {
  name: "MCP Inspector",
  version: "2.12.0",
  probes: [initialize(init)],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "page",
      client: {
        registration: {
          ...registration,
          redirect_uris: ["http://127.0.0.1:6274/oauth/callback"],
          scope: "{scopes}",
        },
      },
      redirectUri: "http://127.0.0.1:6274/oauth/callback",
      authorize: { scope: "{scopes}", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}" },
    },
    {
      way: "command line",
      client: {
        registration: {
          ...registration,
          redirect_uris: ["http://127.0.0.1:6276/oauth/callback"],
          scope: "{scopes}",
        },
      },
      redirectUri: "http://127.0.0.1:6276/oauth/callback",
      authorize: { scope: "{scopes}", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}" },
    },
  ],
  mcp: {
    listsTools: listTools(info),
    initialize: init,
    headers: { "mcp-protocol-version": "2025-11-25" },
    endsSession: "with its token",
  },
};
