import type { ClientProfile } from "../client-profile.ts";
import { initialize, initializeParams } from "../mcp-requests.ts";

const init = initializeParams(
  "2025-11-25",
  { name: "Visual Studio Code", version: "1.108.0" },
  { roots: {} },
);
const requests = {
  authorize: { scope: "{scopes}", resource: "{resource}" },
  token: { resource: "{resource}" },
  refresh: { resource: "{resource}" },
};

/** It sends no version header to the MCP endpoint. */
export const vsCode: ClientProfile = {
  name: "VS Code",
  version: "documented",
  probes: [initialize(init)],
  resourceMetadata: ["challenge"],
  serverMetadata: ["/.well-known/oauth-authorization-server"],
  logins: [
    {
      way: "document",
      client: { document: "https://vscode.dev/oauth/client-metadata.json" },
      redirectUri: "http://127.0.0.1:33418/",
      ...requests,
    },
    {
      way: "document, in a browser",
      client: { document: "https://vscode.dev/oauth/client-metadata.json" },
      redirectUri: "https://vscode.dev/redirect",
      ...requests,
    },
    {
      way: "registered",
      client: {
        registration: {
          client_name: "Visual Studio Code",
          client_uri: "https://code.visualstudio.com",
          redirect_uris: [
            "https://insiders.vscode.dev/redirect",
            "https://vscode.dev/redirect",
            "http://127.0.0.1/",
            "http://127.0.0.1:33418/",
          ],
          grant_types: [
            "authorization_code",
            "refresh_token",
            "urn:ietf:params:oauth:grant-type:device_code",
          ],
          response_types: ["code"],
          token_endpoint_auth_method: "none",
          application_type: "native",
          scope: "{scopes}",
        },
      },
      redirectUri: "http://127.0.0.1:40003/",
      ...requests,
    },
  ],
  mcp: { initialize: init },
};
