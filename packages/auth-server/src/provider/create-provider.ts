import type { KoaContextWithOIDC, Provider } from "oidc-provider";
import { mcpResource } from "@fjmcp/shared/oauth/mcp-resource";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { AuditEvents } from "../audit-events.ts";
import type { DeviceCodeStore } from "../grant/device-code-store.ts";
import type { GrantStore } from "../grant/grant-store.ts";
import type { GrantRevocation } from "../grant/grant-revocation.ts";
import type { TokenStore } from "../grant/token-store.ts";
import type { RateLimiter } from "../rate-limit/rate-limiter.ts";
import type { GrantTokens } from "../upstream/grant-tokens.ts";
import { createAdapterFactory } from "./adapters/adapter-factory.ts";
import { createClientAdapter } from "./adapters/client-adapter.ts";
import { createDeviceCodeAdapter } from "./adapters/device-code-adapter.ts";
import { createGrantAdapter } from "./adapters/grant-adapter.ts";
import { createInteractionAdapter } from "./adapters/interaction-adapter.ts";
import { sessionAdapter } from "./adapters/session-adapter.ts";
import { createTokenAdapter } from "./adapters/token-adapter.ts";
import { authorizationFault, type AuthorizationFault } from "./authorization-fault.ts";
import {
  cookieOptions,
  providerConfiguration,
  type ClientSources,
  type ProviderSettings,
} from "./configuration.ts";
import { repeatSec } from "../repeat-window.ts";
import { retryAfterSec } from "../retry-after.ts";
import { limitAccounts } from "./overrides/account-limits.ts";
import { keepAccessInGrants } from "./overrides/access-of-grants.ts";
import { deriveCodes } from "./overrides/deterministic-codes.ts";
import { describeErrors } from "./overrides/describe-errors.ts";
import { deriveRefreshTokens } from "./overrides/deterministic-refresh-tokens.ts";
import { ExactRedirectProvider } from "./overrides/exact-redirects.ts";
import { buildUrlsFromIssuer } from "./overrides/issuer-urls.ts";
import { advertisedMetadata } from "./authorization-server-metadata.ts";
import type { ClientPolicy } from "./requests/client-policy.ts";
import { normaliseRequests } from "./overrides/normalise-requests.ts";
import { respondToPolls, pollingIntervalSec } from "./overrides/device-polling.ts";
import { withheldRedirect, withholdErrorRedirects } from "./overrides/errors-before-decision.ts";
import { makeRedirectUriOptional } from "./overrides/optional-redirect-uri.ts";
import { rejectUnusableDocuments } from "./overrides/unusable-documents.ts";
import { requireRegisteredGrantTypes } from "./overrides/registered-grant-types.ts";
import { rejectForeignResource } from "./overrides/reject-foreign-resource.ts";
import type { EarlyWorkerStart } from "../grant/early-worker-start.ts";
import { reportRedemptions } from "./code-redemptions.ts";
import { referenceOf, reportProviderEvents } from "./provider-events.ts";
import type { InteractionStore } from "./interaction-store.ts";

interface CreateProviderDeps {
  readonly settings: ProviderSettings;
  readonly derivation: SecretDerivation;
  readonly events: AuditEvents;
  readonly tokens: TokenStore;
  readonly deviceCodes: DeviceCodeStore;
  readonly grantStore: GrantStore;
  readonly revocation: GrantRevocation;
  readonly clients: ClientSources;
  readonly interactions: InteractionStore;
  readonly upstream: GrantTokens;
  readonly startWorkerEarly: EarlyWorkerStart;
  readonly rateLimiter: RateLimiter;
  /** The page for a user whose request cannot be redirected back to the client. */
  readonly errorPage: (
    view: {
      fault: AuthorizationFault;
      reference: string;
      /** Where the client gets the error, if the user wants that. */
      back?: { redirectUri: string; href: string };
    },
    acceptLanguage: string | undefined,
  ) => Promise<{ headers: Record<string, string>; body: string }>;
}

/** oidc-provider as this authorization server. */
export function createProvider(deps: CreateProviderDeps): Provider {
  const { settings, derivation, events, tokens, revocation } = deps;
  const provider = new ExactRedirectProvider(settings.issuer, {
    ...providerConfiguration(settings, deps.clients, deps.upstream),
    adapter: createAdapterFactory({
      AccessToken: createTokenAdapter("access", tokens, revocation),
      RefreshToken: createTokenAdapter("refresh", tokens, revocation),
      AuthorizationCode: createTokenAdapter("code", tokens, revocation),
      DeviceCode: createDeviceCodeAdapter({ ...deps, store: deps.deviceCodes }),
      Grant: createGrantAdapter(deps.grantStore, revocation, deps.rateLimiter),
      Client: createClientAdapter(deps.clients.ids),
      Interaction: createInteractionAdapter(deps.interactions),
      Session: sessionAdapter,
    }),
    renderError: async (ctx, out, error) => {
      const back = withheldRedirect(ctx, out, error, deps.clients.policy);
      // An error that would have been a redirect may have the status of one.
      if (ctx.status < 400) ctx.status = 400;
      const page = await deps.errorPage(
        {
          fault: authorizationFault(ctx.oidc.params?.client_id, error, out),
          reference: referenceOf(ctx),
          ...(back !== undefined && { back }),
        },
        ctx.get("accept-language"),
      );
      ctx.set(page.headers);
      ctx.vary("accept-language");
      ctx.type = "html";
      ctx.body = page.body;
    },
  });
  // Safe because `overrideForwardedHeaders` sets Host and X-Forwarded-*; needed for Secure cookies behind the proxy.
  provider.proxy = true;
  buildUrlsFromIssuer(provider);
  const resource = mcpResource(settings.issuer);
  normaliseRequests(provider, resource, deps.clients.policy);
  rejectUnusableDocuments(provider);
  requireRegisteredGrantTypes(provider);
  makeRedirectUriOptional(provider);
  keepAccessInGrants(provider);
  limitAccounts(provider, deps.rateLimiter, events);
  // After the limits, so that it runs before them: a request for another resource is not counted.
  rejectForeignResource(provider, resource);
  deriveCodes(provider, derivation);
  deriveRefreshTokens(provider, derivation);
  respondToPolls(provider, deps.deviceCodes);
  withholdErrorRedirects(provider);
  reportProviderEvents(provider, events);
  describeErrors(provider);
  reportRedemptions(provider, deps.startWorkerEarly);
  provider.use(async (ctx, next) => {
    await next();
    keepResumeCookie(ctx as KoaContextWithOIDC);
    finish(ctx as KoaContextWithOIDC, provider.cookieName("session"), deps.clients.policy);
    if (ctx.status === 503) ctx.set("retry-after", String(retryAfterSec.store));
  });
  return provider;
}

/** oidc-provider deletes the cookie when it resumes a request: kept a little longer, the browser can repeat that. */
function keepResumeCookie(ctx: KoaContextWithOIDC): void {
  const interaction = ctx.oidc?.route === "resume" ? ctx.oidc.entities.Interaction : undefined;
  if (interaction?.result === undefined) return;
  ctx.cookies.set(ctx.oidc.provider.cookieName("resume"), interaction.uid, {
    ...cookieOptions,
    path: ctx.path,
    maxAge: repeatSec * 1000,
  });
}

function finish(ctx: KoaContextWithOIDC, sessionCookie: string, policy: ClientPolicy): void {
  if (ctx.oidc?.route === "discovery" && ctx.status === 200)
    ctx.body = advertisedMetadata(ctx.body as Record<string, unknown>, policy);
  if (ctx.oidc?.route === "device_authorization" && ctx.status === 200)
    ctx.body = { ...(ctx.body as Record<string, unknown>), interval: pollingIntervalSec };
  // The session is not stored, so its cookie is not set either.
  const cookies = ctx.response.headers["set-cookie"];
  if (Array.isArray(cookies)) {
    ctx.set(
      "set-cookie",
      cookies.filter((cookie) => !cookie.startsWith(sessionCookie)),
    );
  }
}
