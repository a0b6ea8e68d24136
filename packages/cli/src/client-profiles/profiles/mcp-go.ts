import type { ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams } from "../mcp-requests.ts";

const init = initializeParams("2025-11-25", { name: "mcp-go", version: "1.0.0" });

export const mcpGo: ClientProfile = {
  name: "mcp-go",
  version: "documented",
  probes: [initialize(init)],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "registered",
      client: {
        registration: {
          client_name: "mcp-go",
          redirect_uris: ["http://localhost:8085/oauth/callback"],
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          token_endpoint_auth_method: "none",
          scope: "{scopes}",
        },
      },
      redirectUri: "http://localhost:8085/oauth/callback",
      authorize: { scope: "{scopes}", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: {},
    },
  ],
  mcp: {
    initialize: init,
    headers: { "mcp-protocol-version": "2025-11-25" },
    endsSession: "without a token",
  },
};
