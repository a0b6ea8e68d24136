import type { Provider } from "oidc-provider";

/**
 * Builds every URL of oidc-provider from the configured issuer (`OIDCContext#urlFor`), by default it uses the Host header.
 */
export function buildUrlsFromIssuer(provider: Provider): void {
  const prototype = provider.OIDCContext.prototype as { urlFor: Provider["urlFor"] };
  prototype.urlFor = (name, options) => provider.urlFor(name, options);
}
