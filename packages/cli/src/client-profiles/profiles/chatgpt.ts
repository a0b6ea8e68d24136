import type { ClientProfile } from "../client-profile.ts";
import { discover, initializeParams } from "../mcp-requests.ts";

const info = { name: "openai-mcp", version: "1.0.0" };
const requests = {
  authorize: { scope: "openid email offline_access {scopes}", resource: "{resource}" },
  token: { resource: "{resource}" },
  refresh: { resource: "{resource}" },
};

export const chatGpt: ClientProfile = {
  name: "ChatGPT",
  version: "documented",
  probes: [discover(info)],
  resourceMetadata: ["/.well-known/oauth-protected-resource/mcp"],
  serverMetadata: ["/.well-known/oauth-authorization-server", "/.well-known/openid-configuration"],
  logins: [
    {
      way: "document",
      client: { document: "https://chatgpt.com/oauth/client.json" },
      redirectUri: "https://chatgpt.com/connector_platform_oauth_redirect",
      ...requests,
    },
    {
      way: "document of one connector",
      client: { document: "https://chatgpt.com/oauth/abc-123/client.json" },
      redirectUri: "https://chatgpt.com/connector/oauth/abc-123",
      ...requests,
    },
    {
      way: "registered",
      client: {
        registration: {
          client_name: "ChatGPT",
          redirect_uris: ["https://chatgpt.com/connector_platform_oauth_redirect"],
          token_endpoint_auth_method: "client_secret_basic",
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
        },
      },
      redirectUri: "https://chatgpt.com/connector_platform_oauth_redirect",
      ...requests,
    },
  ],
  mcp: {
    opens: [discover(info)],
    initialize: initializeParams("2025-11-25", info),
    headers: { "mcp-protocol-version": "2025-11-25" },
  },
};
