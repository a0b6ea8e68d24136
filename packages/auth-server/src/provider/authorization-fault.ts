import { errors } from "oidc-provider";
import { ClientNotAcceptedError } from "./client-not-accepted-error.ts";

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

/** The fault of a rejected authorization request, from oidc-provider's error and the response that it would have sent. */
export function authorizationFault(
  cause: Error,
  { error, error_description: description }: { error: string; error_description?: string | undefined },
): AuthorizationFault {
  if (cause instanceof errors.SessionNotFound) return { kind: "expired" };
  if (cause instanceof ClientNotAcceptedError)
    return { kind: "not_accepted", description: description ?? error };
  // oidc-provider's own words, for a client id that is a URL (ClientDocuments).
  if (description?.startsWith("client_id metadata document") === true) return { kind: "unreadable_document" };
  switch (error) {
    case "invalid_client":
      return { kind: "unknown_client" };
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
