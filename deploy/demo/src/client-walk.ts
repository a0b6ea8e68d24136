import {
  auth,
  discoverOAuthServerInfo,
  exchangeAuthorization,
  extractWWWAuthenticateParams,
  registerClient,
  startAuthorization,
} from "@modelcontextprotocol/sdk/client/auth.js";
import { Client } from "@modelcontextprotocol/sdk/client/index.js";
import { StreamableHTTPClientTransport } from "@modelcontextprotocol/sdk/client/streamableHttp.js";
import { MemoryOAuthProvider } from "@fjmcp/testkit/mcp-client/memory-oauth-provider";
import { RecordingFetch } from "@fjmcp/testkit/mcp-client/recording-fetch";
import type { SignIn } from "./sign-in.ts";
import type { StepRunner } from "./step-runner.ts";

/** A real SDK client that has signed in and holds an MCP session. */
export interface ConnectedClient {
  readonly client: Client;
  readonly transport: StreamableHTTPClientTransport;
  readonly provider: MemoryOAuthProvider;
  readonly recording: RecordingFetch;
  readonly revocationEndpoint: string;
}

/** Steps discovery, register, consent, login, token, initialize: from the MCP URL alone to an open session. */
export async function walkToSession(
  run: StepRunner,
  mcpUrl: string,
  signIn: SignIn,
): Promise<ConnectedClient> {
  const recording = new RecordingFetch();
  const fetchFn = recording.fetch;
  const provider = new MemoryOAuthProvider({ redirectUrl: signIn.redirectUrl, clientName: "fjmcp demo" });

  const server = await run.step("discovery", async () => {
    const unauthorized = await fetchFn(mcpUrl, { method: "POST" });
    await unauthorized.body?.cancel();
    const { resourceMetadataUrl } = extractWWWAuthenticateParams(unauthorized);
    if (unauthorized.status !== 401 || resourceMetadataUrl === undefined) {
      throw new Error(
        `${mcpUrl} responded with ${unauthorized.status} instead of a challenge to a request without a token`,
      );
    }
    const info = await discoverOAuthServerInfo(mcpUrl, { resourceMetadataUrl, fetchFn });
    if (info.authorizationServerMetadata === undefined)
      throw new Error("There is no authorization-server metadata");
    const value = { ...info, metadata: info.authorizationServerMetadata };
    return { value, text: `a challenge leads to the authorization server ${info.authorizationServerUrl}` };
  });
  const { authorizationServerUrl, metadata } = server;
  const resource = server.resourceMetadata?.resource ?? mcpUrl;
  const scope = server.resourceMetadata?.scopes_supported?.join(" ") ?? "";

  const clientInformation = await run.step("register", async () => {
    const { clientMetadata } = provider;
    const value = await registerClient(authorizationServerUrl, { metadata, clientMetadata, scope, fetchFn });
    provider.saveClientInformation({ ...value, issuer: metadata.issuer });
    return { value, text: `the client registers itself as ${value.client_id}` };
  });

  const state = provider.state();
  const attempt = await run.step("consent", async () => {
    const { redirectUrl } = provider;
    const asked = { metadata, clientInformation, redirectUrl, scope, state, resource };
    const value = await startAuthorization(authorizationServerUrl, asked);
    return { value, text: (await signIn.consent(value.authorizationUrl)).text };
  });

  const authorizationCode = await run.step("login", async () => {
    const { value: redirect, text } = await signIn.login();
    return { value: codeIn(redirect, { state, issuer: metadata.issuer }), text };
  });

  await run.step("token", async () => {
    const tokens = await exchangeAuthorization(authorizationServerUrl, {
      metadata,
      clientInformation,
      authorizationCode,
      codeVerifier: attempt.codeVerifier,
      redirectUri: provider.redirectUrl,
      resource,
      fetchFn,
    });
    provider.saveTokens({ ...tokens, issuer: metadata.issuer });
    return { value: undefined, text: `an access token for ${tokens.expires_in} s, scope ${tokens.scope}` };
  });

  return run.step("initialize", async () => {
    const client = new Client({ name: "fjmcp-demo", version: "1.0.0" });
    const transport = new StreamableHTTPClientTransport(new URL(mcpUrl), {
      authProvider: provider,
      fetch: fetchFn,
    });
    await client.connect(transport);
    const child = client.getServerVersion();
    const value = {
      client,
      transport,
      provider,
      recording,
      revocationEndpoint: String((metadata as { revocation_endpoint?: unknown }).revocation_endpoint),
    };
    return {
      value,
      text: `a session with ${child?.name} ${child?.version}, MCP ${transport.protocolVersion}`,
    };
  });
}

/** Refreshes the client's tokens through the SDK. */
export async function refreshTokens(connected: ConnectedClient, mcpUrl: string): Promise<void> {
  const { provider, recording } = connected;
  const before = provider.tokens()?.access_token;
  const result = await auth(provider, { serverUrl: mcpUrl, fetchFn: recording.fetch });
  const after = provider.tokens()?.access_token;
  if (result !== "AUTHORIZED" || after === before) throw new Error("The refresh gave no new access token");
}

/** The code of a redirect to the client, after checking state and issuer (RFC 9207). Throws the redirect's error. */
function codeIn(redirect: URL, expected: { state: string; issuer: string }): string {
  const { searchParams } = redirect;
  const error = searchParams.get("error");
  if (error !== null)
    throw new Error(`${error}: ${searchParams.get("error_description") ?? "no description"}`);
  if (searchParams.get("state") !== expected.state) throw new Error("The redirect carries another state");
  if (searchParams.get("iss") !== expected.issuer) throw new Error("The redirect carries another issuer");
  const code = searchParams.get("code");
  if (code === null) throw new Error("The redirect carries no code");
  return code;
}
