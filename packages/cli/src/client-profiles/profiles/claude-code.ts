import type { ClientProfile } from "../client-profile.ts";
import { discover, initializeParams } from "../mcp-requests.ts";

const info = { name: "claude-code", version: "2.1.332" };
const requests = {
  authorize: { scope: "{scopes}", resource: "{resource}" },
  token: { resource: "{resource}" },
  refresh: { resource: "{resource}" },
  revokesBoth: true,
} as const;

export const claudeCode: ClientProfile = {
  name: "Claude Code",
  version: "2.1.332",
  probes: [discover(info)],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "document",
      client: { document: "https://claude.ai/oauth/claude-code-client-metadata" },
      redirectUri: "http://localhost:51234/callback",
      ...requests,
    },
    {
      way: "document, without a browser",
      client: { document: "https://claude.ai/oauth/claude-code-client-metadata" },
      redirectUri: "http://localhost:3118/callback",
      ...requests,
    },
    {
      way: "registered",
      client: {
        registration: {
          client_name: "Claude Code (forgejo)",
          redirect_uris: ["http://localhost:51234/callback"],
          application_type: "native",
          token_endpoint_auth_method: "none",
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          scope: "{scopes}",
        },
      },
      redirectUri: "http://localhost:51235/callback",
      ...requests,
    },
    {
      way: "the Code tab of the desktop app",
      client: {
        registration: {
          client_name: "Claude Code (forgejo)",
          redirect_uris: ["claude://claude.ai/mcp-auth-callback/sdk"],
          application_type: "native",
          token_endpoint_auth_method: "none",
          grant_types: ["authorization_code", "refresh_token"],
          response_types: ["code"],
          scope: "{scopes}",
        },
      },
      redirectUri: "claude://claude.ai/mcp-auth-callback/sdk",
      ...requests,
    },
  ],
  mcp: {
    opens: [discover(info)],
    initialize: initializeParams("2025-11-25", info, { roots: {} }),
    headers: { "mcp-protocol-version": "2025-11-25" },
  },
};
