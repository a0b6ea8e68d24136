import { errors, type Configuration } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { Secret } from "@fjmcp/shared/config/secret";
import { mcpResource, scopes } from "@fjmcp/shared/oauth/mcp-resource";
import { keyTexts } from "../crypto/key-ring.ts";
import type { GrantTokens } from "../upstream/grant-tokens.ts";
import { createFindAccount } from "./find-account.ts";
import { defaultGrantTypes } from "./grant-types.ts";
import { alwaysPrompt } from "./interaction-policy.ts";
import { devicePath, interactionPath, providerPaths } from "../paths.ts";
import { ClientNotAcceptedError } from "./client-not-accepted-error.ts";
import { registeredWith, type ClientPolicy } from "./requests/client-policy.ts";
import type { ClientDocuments } from "./client-documents/client-documents.ts";
import type { ClientIdCodec } from "./client-id/client-id-codec.ts";
import { createRegistrationFactories } from "./client-id/registration-factories.ts";
import { authenticationMethods } from "./requests/registration-policy.ts";
import type { SigningKeys } from "./signing-keys.ts";

export interface ProviderSettings {
  readonly issuer: string;
  readonly secureCookies: boolean;
  readonly accessTokenSec: number;
  readonly refreshTokenSec: number;
  readonly cookieKey: Secret;
  readonly signingKeys: SigningKeys;
  /** How long a refresh waits for the account's Forgejo token before it goes on without. */
  readonly upstreamTimeoutMs: number;
}

/** What knows about clients. */
export interface ClientSources {
  readonly ids: ClientIdCodec;
  readonly documents: ClientDocuments;
  readonly policy: ClientPolicy;
}

const codeSec = 60;
/** How long a device's code can be typed and decided. */
export const deviceCodeSec = 600;
/** A grant whose code is not redeemed expires after this time; every token extends it. */
const unusedGrantSec = 600;
/** How long a user may take to decide, in seconds. */
const interactionSec = 3600;
/** How long a client's document is cached in memory, within which its own Cache-Control decides. */
const documentCacheSec = { min: 60, max: 24 * 3600 };

/** The options of oidc-provider's own cookies. */
export const cookieOptions = { signed: true, httpOnly: true, sameSite: "lax", overwrite: true } as const;

/** The configuration of oidc-provider, without storage and pages. */
export function providerConfiguration(
  settings: ProviderSettings,
  { ids, documents, policy }: ClientSources,
  upstream: GrantTokens,
): Configuration {
  const resource = mcpResource(settings.issuer);
  const scope = scopes.join(" ");
  // `__Host-` would need Path=/, which would let two tabs clobber each other; an http loopback cannot have Secure.
  const prefix = settings.secureCookies ? "__Secure-" : "";

  return {
    routes: {
      authorization: providerPaths.authorization,
      token: providerPaths.token,
      registration: providerPaths.registration,
      revocation: providerPaths.revocation,
      jwks: providerPaths.jwks,
      device_authorization: providerPaths.deviceAuthorization,
      // Ours: oidc-provider only names it.
      code_verification: devicePath,
    },
    scopes: [...scopes],
    responseTypes: ["code"],
    clientAuthMethods: [...authenticationMethods],
    allowOmittingSingleRegisteredRedirectUri: false,
    pkce: { required: () => true },
    jwks: settings.signingKeys,
    enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
    clientDefaults: {
      grant_types: [...defaultGrantTypes],
      id_token_signed_response_alg: "ES256",
    },
    clientBasedCORS: () => true,
    cookies: {
      // The first one signs.
      keys: keyTexts(settings.cookieKey).map(sha256Hex),
      names: {
        session: `${prefix}fjmcp-session`,
        interaction: `${prefix}fjmcp-interaction`,
        resume: `${prefix}fjmcp-resume`,
      },
      short: cookieOptions,
      long: cookieOptions,
    },
    ttl: {
      AccessToken: settings.accessTokenSec,
      RefreshToken: settings.refreshTokenSec,
      AuthorizationCode: codeSec,
      DeviceCode: deviceCodeSec,
      Grant: unusedGrantSec,
      Interaction: interactionSec,
      Session: interactionSec,
      IdToken: codeSec,
    },
    features: {
      devInteractions: { enabled: false },
      dPoP: { enabled: false },
      pushedAuthorizationRequests: { enabled: false },
      userinfo: { enabled: false },
      rpInitiatedLogout: { enabled: false },
      deviceFlow: { enabled: true, deviceInfo: () => ({}) },
      registration: {
        enabled: true,
        initialAccessToken: false,
        issueRegistrationAccessToken: false,
        ...createRegistrationFactories(ids, policy),
      },
      clientIdMetadataDocument: {
        enabled: true,
        ack: "draft-02",
        allowFetch: (_ctx, url) => documents.prepare(url),
        // The policy of today decides about a cached client as well.
        allowClient: (_ctx, client) => documents.allows(client.clientId),
        cacheDuration: documentCacheSec,
      },
      revocation: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: (_ctx, indicator) => {
          if (indicator !== resource) throw new errors.InvalidTarget();
          return { scope, audience: resource, accessTokenFormat: "opaque" };
        },
      },
    },
    extraClientMetadata: {
      properties: ["software_id", "software_version", registeredWith],
      validator: (ctx, _key, _value, metadata) => {
        // A client that is decoded has no context: what today's policy rejects must not end living grants.
        if (ctx === undefined) return;
        const fault = policy.faultOf(metadata);
        if (fault !== undefined) throw new errors.InvalidClientMetadata(fault);
      },
    },
    extraParams: {
      client_id: (_ctx, _value, client) => {
        const fault = policy.faultOf(client.metadata());
        if (fault !== undefined) throw new ClientNotAcceptedError(fault);
      },
    },
    interactions: {
      policy: alwaysPrompt(),
      url: (_ctx, interaction) => `${interactionPath}/${interaction.uid}`,
    },
    loadExistingGrant: async (ctx) => {
      const grantId = ctx.oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : ctx.oidc.provider.Grant.find(grantId);
    },
    // Of clients' documents, the only thing that oidc-provider is configured to fetch.
    fetch: documents.fetch,
    findAccount: createFindAccount(upstream, settings.upstreamTimeoutMs),
    issueRefreshToken: (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    rotateRefreshToken: true,
    expiresWithSession: () => false,
    revokeGrantPolicy: () => true,
  };
}
