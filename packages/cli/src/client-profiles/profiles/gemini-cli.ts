import type { ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams } from "../mcp-requests.ts";

const init = initializeParams("2025-06-18", { name: "gemini-cli-mcp-client", version: "0.61.0" });

/** After any failure of a refresh it drops its credentials. */
export const geminiCli: ClientProfile = {
  name: "Gemini CLI",
  version: "0.61.0",
  probes: [initialize(init), { method: "HEAD" }],
  resourceMetadata: ["challenge", "/.well-known/oauth-protected-resource/mcp"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "registered",
      client: {
        registration: {
          client_name: "Gemini CLI MCP Client",
          redirect_uris: ["http://localhost:40004/oauth/callback"],
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          token_endpoint_auth_method: "none",
          scope: "{scopes}",
          code_challenge_method: ["S256"],
        },
      },
      redirectUri: "http://localhost:40004/oauth/callback",
      authorize: { scope: "{scopes}", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { scope: "{scopes}", resource: "{resource}" },
      registersInVain: { client_name: "Gemini CLI MCP Client", redirect_uris: [] },
    },
  ],
  mcp: { initialize: init, headers: { "mcp-protocol-version": "2025-06-18" } },
};
