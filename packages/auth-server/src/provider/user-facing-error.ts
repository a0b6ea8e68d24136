/** What a person can do about a refused authorization request; the protocol's own words where there is nothing better. */
export function userFacingError(refusal: { error: string; error_description?: string | undefined }): string {
  switch (refusal.error) {
    case "invalid_client":
      return "This client is not registered here, or not any more. Remove this server in your client and add it again.";
    case "invalid_redirect_uri":
      return "The client asks to be called back at an address that it has not registered.";
    case "temporarily_unavailable":
      return "A part of this server is being restarted. Try again in a few seconds.";
    case "server_error":
      return "This server could not answer.";
    default:
      return `The client's request is not complete or not valid: ${refusal.error_description ?? refusal.error}.`;
  }
}
