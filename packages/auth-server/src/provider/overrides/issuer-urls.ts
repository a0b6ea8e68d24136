import type { Provider } from "oidc-provider";
import { replaceMethod } from "./replace-method.ts";

/** Builds every URL of oidc-provider from the issuer (`OIDCContext#urlFor`), instead of from the Host header. */
export function buildUrlsFromIssuer(provider: Provider): void {
  replaceMethod<unknown, Parameters<Provider["urlFor"]>, string>(
    provider.OIDCContext.prototype,
    "urlFor",
    () =>
      (...args) =>
        provider.urlFor(...args),
  );
}
