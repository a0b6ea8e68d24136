import { errors } from "oidc-provider";

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
  /** `description` is the protocol's, in English. `not_accepted`: by the administrator (ClientPolicy). */
  | { readonly kind: "invalid" | "not_accepted"; readonly description: string };

/** The fault of a rejected authorization request, from oidc-provider's error and the response that it would have sent. */
export function authorizationFault(
  cause: Error,
  { error, error_description: description }: { error: string; error_description?: string | undefined },
): AuthorizationFault {
  if (cause instanceof errors.SessionNotFound) return { kind: "expired" };
  // oidc-provider's own words, for a client id that is a URL (ClientDocuments).
  if (description?.startsWith("client_id metadata document") === true) return { kind: "unreadable_document" };
  switch (error) {
    case "invalid_client":
      return description?.includes("administrator") === true
        ? { kind: "not_accepted", description }
        : { kind: "unknown_client" };
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
