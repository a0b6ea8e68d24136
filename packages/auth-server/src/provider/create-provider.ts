import { Provider, type KoaContextWithOIDC } from "oidc-provider";
import { mcpResource } from "@fjmcp/shared/oauth/mcp-resource";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { AuditEvents } from "../audit-events.ts";
import type { GrantStore } from "../grant/grant-store.ts";
import type { GrantRevocation } from "../grant/grant-revocation.ts";
import type { TokenStore } from "../grant/token-store.ts";
import type { UpstreamTokens } from "../upstream/tokens/upstream-tokens.ts";
import { createAdapterFactory } from "./adapters/adapter-factory.ts";
import { createClientAdapter } from "./adapters/client-adapter.ts";
import { createCodeAdapter } from "./adapters/code-adapter.ts";
import { createGrantAdapter } from "./adapters/grant-adapter.ts";
import { createInteractionAdapter } from "./adapters/interaction-adapter.ts";
import { createRefreshTokenAdapter } from "./adapters/refresh-token-adapter.ts";
import { sessionAdapter } from "./adapters/session-adapter.ts";
import { createTokenAdapter } from "./adapters/token-adapter.ts";
import type { ClientIdCodec } from "./client-id/client-id-codec.ts";
import { providerConfiguration, type ProviderSettings } from "./configuration.ts";
import { userFacingError } from "./user-facing-error.ts";
import { deriveRefreshTokens } from "./overrides/deterministic-refresh-tokens.ts";
import { buildUrlsFromIssuer } from "./overrides/issuer-urls.ts";
import { advertisedMetadata } from "./authorization-server-metadata.ts";
import { normaliseRequests } from "./overrides/intercept-requests.ts";
import { referenceOf, reportProviderEvents } from "./provider-events.ts";
import type { RecordStore } from "./record-store.ts";
import { mayHaveConsumedCode } from "./overrides/issuance-context.ts";

const retryAfterSec = 2;

export interface ProviderParts {
  readonly settings: ProviderSettings;
  readonly derivation: SecretDerivation;
  readonly events: AuditEvents;
  readonly tokens: TokenStore;
  readonly grantStore: GrantStore;
  readonly revocation: GrantRevocation;
  /** How long a second redemption of a code counts as a client's own mistake. */
  readonly doubleSubmitMs: number;
  readonly clientIds: ClientIdCodec;
  readonly interactions: RecordStore;
  readonly upstream: UpstreamTokens;
  /** The page for a person whose request can not be answered with a redirect. */
  readonly errorPage: (fault: {
    title: string;
    detail: string;
    reference: string;
  }) => Promise<{ headers: Record<string, string>; body: string }>;
}

/** oidc-provider as this authorization server. */
export function createProvider(parts: ProviderParts): Provider {
  const { settings, derivation, events, tokens, revocation } = parts;
  const provider = new Provider(settings.issuer, {
    ...providerConfiguration(settings, parts.clientIds, parts.upstream),
    adapter: createAdapterFactory({
      AccessToken: createTokenAdapter("access", tokens, revocation),
      RefreshToken: createRefreshTokenAdapter(tokens, revocation),
      AuthorizationCode: createCodeAdapter(tokens, revocation, events),
      Grant: createGrantAdapter(parts.grantStore, revocation),
      Client: createClientAdapter(parts.clientIds),
      Interaction: createInteractionAdapter(parts.interactions),
      Session: sessionAdapter,
    }),
    renderError: async (ctx, out) => {
      const page = await parts.errorPage({
        title: "This login can not go on",
        detail: userFacingError(out),
        reference: referenceOf(ctx),
      });
      ctx.set(page.headers);
      ctx.type = "html";
      ctx.body = page.body;
    },
  });
  // Safe because the request split pins Host and X-Forwarded-*; needed for Secure cookies behind the proxy.
  provider.proxy = true;
  buildUrlsFromIssuer(provider);
  normaliseRequests(provider, mcpResource(settings.issuer));
  deriveRefreshTokens(provider, derivation);
  reportProviderEvents(provider, events);
  provider.use(async (ctx, next) => {
    await next();
    finish(ctx as KoaContextWithOIDC, provider.cookieName("session"));
    if (ctx.status === 503) {
      // A code that was redeemed in vain is refused as submitted twice before the window is over.
      const waitSec = mayHaveConsumedCode(ctx) ? parts.doubleSubmitMs / 1000 + 1 : retryAfterSec;
      ctx.set("retry-after", String(waitSec));
    }
  });
  return provider;
}

function finish(ctx: KoaContextWithOIDC, sessionCookie: string): void {
  if (ctx.oidc?.route === "discovery" && ctx.status === 200)
    ctx.body = advertisedMetadata(ctx.body as Record<string, unknown>);
  // The session is not kept, so neither is its cookie.
  const cookies = ctx.response.headers["set-cookie"];
  if (Array.isArray(cookies)) {
    ctx.set(
      "set-cookie",
      cookies.filter((cookie) => !cookie.startsWith(sessionCookie)),
    );
  }
}
