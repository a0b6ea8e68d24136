import type { ClientProfile } from "../client-profile.ts";
import { discover, listTools } from "../mcp-requests.ts";

const info = { name: "sdk", version: "2.0.0" };

/** With MCP 2026-07-28, without sessions. */
export const sdkV2: ClientProfile = {
  name: "TypeScript SDK v2",
  version: "2.4.0",
  probes: [discover(info)],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "registered with a secret",
      client: {
        registration: {
          client_name: "sdk",
          redirect_uris: ["http://localhost:8091/callback"],
          application_type: "native",
          scope: "{scopes}",
        },
      },
      redirectUri: "http://localhost:8091/callback",
      authorize: { scope: "{scopes}", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}" },
    },
  ],
  mcp: { opens: [discover(info)], listsTools: listTools(info) },
};
