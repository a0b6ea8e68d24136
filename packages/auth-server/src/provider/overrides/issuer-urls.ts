import type { Provider } from "oidc-provider";

/** Builds every URL of oidc-provider from the issuer (`OIDCContext#urlFor`), instead of from the Host header. */
export function buildUrlsFromIssuer(provider: Provider): void {
  const prototype = provider.OIDCContext.prototype as { urlFor: Provider["urlFor"] };
  prototype.urlFor = (name, options) => provider.urlFor(name, options);
}
