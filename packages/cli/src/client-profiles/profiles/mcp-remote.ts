import type { ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams } from "../mcp-requests.ts";

const init = initializeParams("2025-11-25", { name: "mcp-remote", version: "0.15.1" });
const fallback = initializeParams("2025-11-25", { name: "mcp-remote-fallback-test", version: "0.0.0" });
const stream = { method: "GET", headers: { accept: "text/event-stream" } } as const;
const grants = { grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] };

export const mcpRemote: ClientProfile = {
  name: "mcp-remote",
  version: "0.15.1",
  probes: [stream, stream, initialize(fallback, { "mcp-method": "initialize" })],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "registered",
      client: {
        registration: {
          client_name: "MCP CLI Proxy",
          client_uri: "https://github.com/modelcontextprotocol/mcp-cli",
          redirect_uris: ["http://localhost:14321/oauth/callback"],
          application_type: "native",
          token_endpoint_auth_method: "none",
          ...grants,
          scope: "{scopes}",
        },
      },
      redirectUri: "http://localhost:14321/oauth/callback",
      authorize: { scope: "{scopes}", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}" },
    },
    {
      way: "0.1.38",
      client: {
        registration: {
          client_name: "MCP CLI Proxy",
          client_uri: "https://github.com/modelcontextprotocol/mcp-cli",
          redirect_uris: ["http://localhost:14321/oauth/callback"],
          software_id: "2e6dc280-f3c3-4e01-99a7-8181dbd1d23d",
          software_version: "0.1.38",
          scope: "openid email profile",
          token_endpoint_auth_method: "none",
          ...grants,
        },
      },
      redirectUri: "http://localhost:14321/oauth/callback",
      authorize: { scope: "openid email profile", resource: "{resource}", nonce: "n" },
      token: { resource: "{resource}" },
      refresh: {},
    },
  ],
  mcp: {
    initialize: init,
    headers: { "mcp-protocol-version": "2025-11-25", "mcp-method": "tools/list" },
  },
};
