import { mcpPath } from "@fjmcp/shared/oauth/mcp-resource";
import { z } from "zod";
import type { ClientProfile, McpRequest } from "./client-profile.ts";
import { require } from "./replay-fault.ts";
import { headerOf, jsonMembersOf, type ReplayTarget } from "./replay-target.ts";

const resourceMetadata = z.object({
  resource: z.string(),
  authorization_servers: z.array(z.string()).min(1),
});
const serverMetadata = z.object({
  issuer: z.string(),
  authorization_endpoint: z.string(),
  token_endpoint: z.string(),
  registration_endpoint: z.string().optional(),
  revocation_endpoint: z.string(),
  scopes_supported: z.array(z.string()),
  code_challenge_methods_supported: z.array(z.string()),
  token_endpoint_auth_methods_supported: z.array(z.string()),
  client_id_metadata_document_supported: z.boolean().optional(),
});

/** What a client has learnt before the first login. */
export interface DiscoveredServer extends z.infer<typeof serverMetadata> {
  readonly resource: string;
}

/** From the MCP URL alone to the endpoints, as this client gets there. Rejects with a ReplayFault. */
export async function discoverServer(
  profile: ClientProfile,
  target: ReplayTarget,
): Promise<DiscoveredServer> {
  const resource = target.issuer + mcpPath;
  let challenged = "";
  for (const probe of profile.probes) challenged = await challengeOf(target, resource, probe);
  for (const place of profile.resourceMetadata) {
    const url = place === "challenge" ? challenged : target.issuer + place;
    const found = resourceMetadata.safeParse(jsonMembersOf(await target.fetch(url, headersOf(profile)))).data;
    const isOurs = found?.resource === resource && found.authorization_servers[0] === target.issuer;
    require(isOurs, "metadata", `${url} does not name ${resource} and its authorization server`);
  }
  let server: DiscoveredServer | undefined;
  for (const path of profile.serverMetadata) {
    const url = target.issuer + path;
    const found = serverMetadata.safeParse(jsonMembersOf(await target.fetch(url, headersOf(profile)))).data;
    const isOurs = found?.issuer === target.issuer;
    require(isOurs, "metadata", `${url} does not have the metadata of ${target.issuer}`);
    const supportsPkce = found.code_challenge_methods_supported.includes("S256");
    require(supportsPkce, "metadata", `${url} does not offer S256`);
    server ??= { ...found, resource };
  }
  require(server !== undefined, "metadata", "the profile asks for no metadata");
  if (profile.origin !== undefined) await requireCors(profile.origin, server, target);
  return server;
}

/** The URL of the resource's metadata, from the response to a request without a token. */
async function challengeOf(target: ReplayTarget, resource: string, probe: McpRequest): Promise<string> {
  const response = await target.fetch(resource, requestOf(probe));
  const method = probe.method ?? "POST";
  require(response.status ===
    401, "challenge", `${method} ${mcpPath} without a token gets ${response.status} instead of 401`);
  const challenge = headerOf(response, "www-authenticate");
  const [, url] = /^Bearer .*resource_metadata="([^"]+)"/i.exec(challenge) ?? [];
  require(url !==
    undefined, "challenge", `${method} ${mcpPath} gets a 401 without resource_metadata in WWW-Authenticate`);
  return url;
}

/** The request as HTTP, with the token where there is one. */
export function requestOf({ method = "POST", headers = {}, body }: McpRequest, token?: string) {
  return {
    method,
    headers: {
      accept: "application/json, text/event-stream",
      ...(body !== undefined && { "content-type": "application/json" }),
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
}

function headersOf({ origin, probes }: ClientProfile) {
  const version = probes[0].headers?.["mcp-protocol-version"];
  const headers = {
    accept: "application/json",
    ...(version !== undefined && { "mcp-protocol-version": version }),
    ...(origin !== undefined && { origin }),
  };
  return { headers };
}

/** What a browser asks before it lets a page send the client's requests. */
async function requireCors(origin: string, server: DiscoveredServer, { fetch }: ReplayTarget): Promise<void> {
  const headers = "authorization, content-type, mcp-protocol-version, mcp-session-id, mcp-method, mcp-name";
  for (const url of [server.registration_endpoint, server.token_endpoint, server.resource]) {
    if (url === undefined) continue;
    const response = await fetch(url, {
      method: "OPTIONS",
      headers: { origin, "access-control-request-method": "POST", "access-control-request-headers": headers },
    });
    const allowed = headerOf(response, "access-control-allow-headers").toLowerCase();
    const isAllowed =
      response.status < 300 &&
      ["*", origin].includes(headerOf(response, "access-control-allow-origin")) &&
      headers.split(", ").every((name) => allowed.includes(name));
    require(isAllowed, "challenge", `${new URL(url).pathname} does not allow requests of web pages`);
  }
}
