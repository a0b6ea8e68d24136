/** The text for a user whose authorization request was rejected: what to do, or the protocol's own description. */
export function userFacingError(rejection: {
  error: string;
  error_description?: string | undefined;
}): string {
  switch (rejection.error) {
    case "invalid_client":
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
      return `The client's request is not complete or not valid: ${rejection.error_description ?? rejection.error}.`;
  }
}
