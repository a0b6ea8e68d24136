import type { ClientProfile } from "../client-profile.ts";
import { discover, initializeParams } from "../mcp-requests.ts";

const info = { name: "github-copilot-developer", version: "1.0.102" };

export const copilotCli: ClientProfile = {
  name: "GitHub Copilot CLI",
  version: "1.0.102",
  probes: [discover(info)],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "document",
      client: { document: "https://github.com/copilot/cli/client-metadata.json" },
      redirectUri: "http://127.0.0.1:40002/callback",
      authorize: { prompt: "select_account", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}" },
    },
    {
      way: "registered",
      client: {
        registration: {
          client_name: "GitHub Copilot CLI",
          redirect_uris: ["http://127.0.0.1:40002/"],
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          token_endpoint_auth_method: "none",
        },
      },
      redirectUri: "http://127.0.0.1:40002/",
      authorize: { prompt: "select_account", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}" },
    },
  ],
  mcp: {
    opens: [discover(info)],
    initialize: initializeParams("2025-11-25", info),
    headers: { "mcp-protocol-version": "2025-11-25" },
    endsSession: "with its token",
  },
};
