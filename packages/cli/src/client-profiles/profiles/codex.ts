import type { ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams } from "../mcp-requests.ts";

const init = initializeParams("2025-06-18", { name: "codex-mcp-client", version: "0.169.0" });
const registration = {
  client_name: "Codex",
  application_type: "native",
  grant_types: ["authorization_code", "refresh_token"],
  token_endpoint_auth_method: "none",
  response_types: ["code"],
};

export const codex: ClientProfile = {
  name: "Codex",
  version: "0.169.0",
  probes: [
    { method: "GET", headers: { accept: "text/event-stream", "mcp-protocol-version": "2024-11-05" } },
    initialize(init),
  ],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "document",
      client: { document: "https://chatgpt.com/oauth/codex/client.json" },
      redirectUri: "http://127.0.0.1:40001/callback",
      authorize: { scope: "{scopes}", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}", scope: "{scopes}" },
    },
    {
      way: "registered",
      client: {
        registration: {
          ...registration,
          redirect_uris: ["http://127.0.0.1:40001/callback"],
          scope: "{scopes}",
        },
      },
      redirectUri: "http://127.0.0.1:40001/callback",
      authorize: { scope: "{scopes}", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}", scope: "{scopes}" },
    },
    {
      way: "an older one, which names the resource twice",
      client: {
        registration: {
          client_name: "Codex",
          redirect_uris: ["http://127.0.0.1:40001/callback/abc"],
          token_endpoint_auth_method: "none",
        },
      },
      redirectUri: "http://127.0.0.1:40001/callback/abc",
      authorize: { resource: ["{resource}", "{resource}"] },
      token: { resource: ["{resource}", "{resource}/"] },
      refresh: {},
    },
  ],
  mcp: {
    opens: [
      { method: "GET", headers: { accept: "text/event-stream", "mcp-protocol-version": "2024-11-05" } },
    ],
    initialize: init,
    headers: { "mcp-protocol-version": "2025-06-18" },
    endsSession: "with its token",
  },
};
