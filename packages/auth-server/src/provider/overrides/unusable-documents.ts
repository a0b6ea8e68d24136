import { errors, Provider } from "oidc-provider";
import { ClientNotAcceptedError } from "../client-not-accepted-error.ts";
import { authenticatedRoutes } from "./normalise-requests.ts";
import { replaceMethod } from "./replace-method.ts";

/**
 * Where clients authenticate, one whose document cannot be used is an unknown client: `invalid_client` with 401 (RFC 6749
 * §5.2), where oidc-provider has 400.
 */
export function rejectUnusableDocuments(provider: Provider): void {
  replaceMethod<unknown, [id: string], Promise<unknown>>(
    provider.Client,
    "find",
    (find) =>
      async function (id) {
        try {
          return await find.call(this, id);
        } catch (error) {
          if (!isOfDocument(error) || !authenticatedRoutes.has(Provider.ctx?.oidc.route ?? "")) throw error;
          throw new errors.InvalidClientAuth(error.error_detail ?? error.error_description);
        }
      },
  );
}

/** What today's policy rejects keeps its own error, which says so. */
function isOfDocument(error: unknown): error is errors.OIDCProviderError {
  if (error instanceof ClientNotAcceptedError) return false;
  return error instanceof errors.InvalidClient || error instanceof errors.InvalidClientMetadata;
}
