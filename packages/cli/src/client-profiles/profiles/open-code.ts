import type { ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams } from "../mcp-requests.ts";

const init = initializeParams("2025-11-25", { name: "opencode", version: "1.18.33" });

export const openCode: ClientProfile = {
  name: "OpenCode",
  version: "1.18.33",
  probes: [initialize(init)],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "registered",
      client: {
        registration: {
          client_name: "OpenCode",
          client_uri: "https://opencode.ai",
          redirect_uris: ["http://127.0.0.1:19876/mcp/oauth/callback"],
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          token_endpoint_auth_method: "none",
        },
      },
      redirectUri: "http://127.0.0.1:19876/mcp/oauth/callback",
      authorize: { resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}" },
      registersTwice: true,
    },
  ],
  mcp: { initialize: init, headers: { "mcp-protocol-version": "2025-11-25" } },
};
