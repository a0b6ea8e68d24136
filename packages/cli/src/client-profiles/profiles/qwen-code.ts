import type { ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams } from "../mcp-requests.ts";

const init = initializeParams("2025-06-18", { name: "qwen-cli-mcp-client", version: "0.24.4" });

export const qwenCode: ClientProfile = {
  name: "Qwen Code",
  version: "0.24.4",
  probes: [initialize(init)],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "registered",
      client: {
        registration: {
          client_name: "Qwen Code MCP Client",
          redirect_uris: ["http://localhost:7777/oauth/callback"],
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          token_endpoint_auth_method: "none",
          scope: "",
          code_challenge_method: ["S256"],
        },
      },
      redirectUri: "http://localhost:7777/oauth/callback",
      authorize: { resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}" },
    },
  ],
  mcp: { initialize: init, headers: { "mcp-protocol-version": "2025-06-18" } },
};
