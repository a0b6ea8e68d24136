import { errors } from "oidc-provider";

/** What a page says of a rejected authorization request; by default the advice is to connect again. */
export interface UserFacingError {
  readonly title: string;
  readonly detail: string;
  readonly advice?: string;
}

/** The texts for a user whose authorization request was rejected: what to do, or the protocol's own description. */
export function userFacingError(
  cause: Error,
  rejection: { error: string; error_description?: string | undefined },
): UserFacingError {
  if (cause instanceof errors.SessionNotFound) {
    return {
      title: "This login has expired",
      detail: "It was not finished in time, is over, or your browser did not keep its cookie.",
      advice:
        "If your MCP client says that it is connected, close this page. If not, go back to it and connect again.",
    };
  }
  // oidc-provider's own words, for a client id that is a URL (ClientDocuments).
  if (rejection.error_description?.startsWith("client_id metadata document") === true) {
    return {
      title: "This application is not known here",
      detail:
        "It is described by a document on its own website, which this server cannot read or may not use.",
      advice: "Try again in a minute. If that does not help, give the reference to your administrator.",
    };
  }
  return { title: "This login cannot continue", detail: describe(rejection) };
}

function describe(rejection: { error: string; error_description?: string | undefined }): string {
  switch (rejection.error) {
    case "invalid_client":
      // A rejection by policy has a description of its own (ClientPolicy).
      if (rejection.error_description?.includes("administrator") === true)
        return `This client may not connect here: ${rejection.error_description}.`;
      return "This client is not, or no longer, registered here. Remove this server in your client and add it again.";
    case "invalid_redirect_uri":
      return "The client asks to be redirected to an address that it has not registered.";
    case "login_required":
    case "consent_required":
      return "The client asks to connect without a page. This server always asks you first.";
    case "temporarily_unavailable":
      return "A part of this server is restarting. Try again in a few seconds.";
    case "server_error":
      return "This server could not complete the request.";
    default:
      return `The client’s request is not complete or not valid: ${rejection.error_description ?? rejection.error}.`;
  }
}
