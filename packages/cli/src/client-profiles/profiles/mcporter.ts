import type { ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams } from "../mcp-requests.ts";

const init = initializeParams("2025-11-25", { name: "mcporter", version: "0.12.3" });

export const mcporter: ClientProfile = {
  name: "mcporter",
  version: "0.12.3",
  probes: [initialize(init)],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "registered",
      client: {
        registration: {
          client_name: "mcporter (forgejo)",
          redirect_uris: ["http://127.0.0.1:45127/callback"],
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          token_endpoint_auth_method: "none",
        },
      },
      redirectUri: "http://127.0.0.1:45127/callback",
      authorize: { scope: "{scopes}", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}" },
      refreshesUnderNewId: true,
    },
  ],
  mcp: { initialize: init, headers: { "mcp-protocol-version": "2025-11-25" } },
};
