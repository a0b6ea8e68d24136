import type { ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams } from "../mcp-requests.ts";

const redirectUri = "https://claude.ai/api/mcp/auth_callback";
const grants = { grant_types: ["authorization_code", "refresh_token"], response_types: ["code"] };
const capabilities = { extensions: { "io.modelcontextprotocol/ui": {} } };

/** claude.ai, its desktop and its mobile apps. */
export const claude: ClientProfile = {
  name: "Claude",
  version: "documented",
  probes: [
    initialize(initializeParams("2025-11-25", { name: "Anthropic", version: "1.0.0" }), {
      accept: "*/*",
      "mcp-protocol-version": "2025-11-25",
    }),
    initialize(
      initializeParams("2025-11-25", { name: "Anthropic/ClaudeAI", version: "1.0.0" }, capabilities),
    ),
    { method: "HEAD" },
  ],
  resourceMetadata: [
    "challenge",
    "/.well-known/oauth-protected-resource/mcp",
    "/.well-known/oauth-protected-resource",
  ],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "document",
      client: { document: "https://claude.ai/oauth/mcp-oauth-client-metadata" },
      redirectUri,
      authorize: { scope: "{scopes} offline_access", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}" },
      refreshesTwice: true,
    },
    {
      way: "registered",
      client: {
        registration: {
          redirect_uris: [redirectUri],
          token_endpoint_auth_method: "none",
          ...grants,
          scope: "{scopes}",
          client_name: "Claude",
          application_type: "web",
        },
      },
      redirectUri,
      authorize: { scope: "{scopes} offline_access", prompt: "consent", resource: "{resource}/" },
      token: { resource: "{resource}/" },
      refresh: { resource: "{resource}/" },
      refreshesTwice: true,
      registersTwice: true,
      registersAgain: true,
    },
    {
      way: "registered with client_secret_post",
      client: {
        registration: {
          redirect_uris: ["https://claude.com/api/mcp/auth_callback"],
          token_endpoint_auth_method: "client_secret_post",
          grant_types: [...grants.grant_types, "urn:ietf:params:oauth:grant-type:jwt-bearer"],
          response_types: ["code"],
          scope: "claudeai",
          client_name: "Claude",
          client_uri: "https://claude.ai",
        },
      },
      redirectUri: "https://claude.com/api/mcp/auth_callback",
      authorize: { scope: "claudeai", resource: "{resource}" },
      token: { resource: "{resource}", client_secret: "" },
      refresh: {},
    },
  ],
  mcp: {
    initialize: initializeParams(
      "2025-11-25",
      { name: "Anthropic/ClaudeAI", version: "1.0.0" },
      capabilities,
    ),
    headers: { "mcp-protocol-version": "2025-11-25" },
    initializedWithoutSession: true,
  },
};
