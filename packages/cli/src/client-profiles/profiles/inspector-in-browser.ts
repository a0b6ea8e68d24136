import type { ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams } from "../mcp-requests.ts";

const init = initializeParams("2025-06-18", { name: "inspector-client", version: "0.17.0" });
const origin = "http://localhost:6274";

/** The Inspector before 2.0, whose requests come from a web page. */
export const inspectorInBrowser: ClientProfile = {
  name: "MCP Inspector before 2.0",
  version: "documented",
  probes: [initialize(init, { origin })],
  resourceMetadata: ["/.well-known/oauth-protected-resource/mcp"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  origin,
  logins: [
    {
      way: "registered",
      client: {
        registration: {
          client_name: "MCP Inspector",
          client_uri: "https://github.com/modelcontextprotocol/inspector",
          redirect_uris: [`${origin}/oauth/callback`],
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          token_endpoint_auth_method: "none",
          scope: "",
        },
      },
      redirectUri: `${origin}/oauth/callback`,
      authorize: { scope: "", prompt: "consent", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}" },
    },
  ],
  mcp: { initialize: init, headers: { "mcp-protocol-version": "2025-06-18", origin } },
};
