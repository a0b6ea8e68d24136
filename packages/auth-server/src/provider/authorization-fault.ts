import { errors } from "oidc-provider";
import { ClientNotAcceptedError } from "./client-not-accepted-error.ts";
import { isDocumentUrl } from "./client-documents/client-document.ts";

/** Why an authorization request was rejected, as far as a page tells its causes apart. */
export type AuthorizationFault =
  | {
      readonly kind:
        | "expired"
        | "unreadable_document"
        | "unknown_client"
        | "unregistered_redirect"
        | "no_page"
        | "unavailable"
        | "failed";
    }
  /** `description` is the protocol's, in English. `not_accepted`: by ClientPolicy. */
  | { readonly kind: "invalid" | "not_accepted"; readonly description: string };

/**
 * The fault of a rejected authorization request of this client, from oidc-provider's error and the response that it would
 * have sent.
 */
export function authorizationFault(
  clientId: unknown,
  cause: Error,
  { error, error_description: description }: { error: string; error_description?: string | undefined },
): AuthorizationFault {
  if (cause instanceof errors.SessionNotFound) return { kind: "expired" };
  if (cause instanceof ClientNotAcceptedError)
    return { kind: "not_accepted", description: description ?? error };
  switch (error) {
    case "invalid_client":
      return { kind: isDocumentUrl(clientId) ? "unreadable_document" : "unknown_client" };
    case "invalid_redirect_uri":
      return { kind: "unregistered_redirect" };
    case "login_required":
    case "consent_required":
      return { kind: "no_page" };
    case "temporarily_unavailable":
      return { kind: "unavailable" };
    case "server_error":
      return { kind: "failed" };
    default:
      return { kind: "invalid", description: description ?? error };
  }
}
