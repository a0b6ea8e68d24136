import type { Provider } from "oidc-provider";

/** Makes every URL that oidc-provider builds start with the configured issuer: stock takes the Host header. */
export function buildUrlsFromIssuer(provider: Provider): void {
  const prototype = provider.OIDCContext.prototype as { urlFor: Provider["urlFor"] };
  prototype.urlFor = (name, options) => provider.urlFor(name, options);
}
