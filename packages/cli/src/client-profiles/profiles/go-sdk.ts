import type { ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams } from "../mcp-requests.ts";

const init = initializeParams("2025-11-25", { name: "go-sdk", version: "v1.0.0" });

export const goSdk: ClientProfile = {
  name: "Go SDK",
  version: "documented",
  probes: [initialize(init)],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "registered",
      client: {
        registration: {
          client_name: "go-sdk",
          redirect_uris: ["http://localhost:8092/callback"],
          grant_types: ["authorization_code", "refresh_token"],
          token_endpoint_auth_method: "none",
        },
      },
      redirectUri: "http://localhost:8092/callback",
      authorize: { scope: "{scopes}", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: {},
    },
  ],
  mcp: { initialize: init, headers: { "mcp-protocol-version": "2025-11-25" }, endsSession: "with its token" },
};
