import type { ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams } from "../mcp-requests.ts";

const init = initializeParams("2025-11-25", { name: "sdk", version: "1.0.0" });

/** Without an authentication method: it registers as a confidential client. */
export const sdkV1: ClientProfile = {
  name: "TypeScript SDK v1",
  version: "1.32.2",
  probes: [initialize(init), { method: "GET", headers: { accept: "text/event-stream" } }],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "registered with a secret",
      client: {
        registration: {
          client_name: "sdk",
          redirect_uris: ["http://localhost:8090/callback"],
          logo_uri: null,
          contacts: null,
          tos_uri: "",
          jwks: null,
        },
      },
      redirectUri: "http://localhost:8090/callback",
      authorize: { scope: "{scopes}", resource: "{resource}" },
      token: { resource: "{resource}" },
      refresh: { resource: "{resource}" },
    },
  ],
  mcp: { initialize: init, headers: { "mcp-protocol-version": "2025-11-25" }, endsSession: "with its token" },
};
