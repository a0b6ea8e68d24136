/** An error as oidc-provider serialises it; its description is for developers. */
interface SerialisedError {
  readonly error: string;
  readonly error_description?: string | undefined;
}

/** What the request was, as far as that changes what to do. */
interface Failure extends SerialisedError {
  /** Of a token request. */
  readonly grantType?: string | undefined;
  /** Under which the log has this failure. */
  readonly reference?: string;
}

const addAgain = "Remove this server in your MCP client and add it again.";
const connectAgain = "Connect again in your MCP client.";
const update = "Update your MCP client, or report this to its makers.";
const startAgain = "The code of this device has expired or was used before. Start again on the device.";
const askAdministrator = "Ask the administrator of this server.";

/** Of what was sent, so much is repeated. */
const maxSentLength = 60;

/**
 * The `error_description` of an error response: what happened and what to do, since clients show it to their users. A
 * rejected detail of the request is named within it, for developers. Printable ASCII without quotation marks and
 * backslashes (RFC 6749 §5.2).
 */
export function errorDescription(failure: Failure): string {
  return textOf(failure)
    .replaceAll('"', "'")
    .replaceAll(/[^\x20-\x7e]|\\/g, "?");
}

function textOf({ error, error_description, grantType, reference }: Failure): string {
  const detail = error_description ?? error;
  switch (error) {
    // The words of this server, each of which says what to do; oidc-provider itself has none for these.
    case "access_denied":
      return error_description ?? `The access was not allowed. ${connectAgain}`;
    case "expired_token":
      return error_description ?? startAgain;
    case "temporarily_unavailable":
      return error_description ?? "This server cannot respond at the moment. Try again in a few seconds.";
    case "authorization_pending":
    case "slow_down":
      return detail;
    case "invalid_grant":
      if (grantType?.endsWith(":device_code") === true) return startAgain;
      return grantType === "authorization_code"
        ? `The code of this sign-in has expired, was used before or is not valid for this request. ${connectAgain}`
        : `This connection has ended: it was disconnected, or not used for too long. ${connectAgain}`;
    case "invalid_client":
      return `This client is not registered here, or its secret is wrong. ${addAgain}`;
    case "unauthorized_client":
      return `This client has not registered for this kind of request. ${addAgain}`;
    case "invalid_target":
      return `The client asks for another server than this one. ${addAgain}`;
    case "invalid_scope":
      return `The client asks for access that it was not given. ${connectAgain}`;
    case "invalid_token":
      return `Clients register here only with a token of the administrator. ${askAdministrator}`;
    case "invalid_redirect_uri":
    case "invalid_client_metadata":
      return `This client cannot be registered: ${detail}. Update your MCP client, or ask the administrator of this server.`;
    case "unsupported_grant_type":
      return `This server gives no tokens for this kind of request: ${grantType?.slice(0, maxSentLength) ?? "none"}. ${update}`;
    case "login_required":
    case "consent_required":
    case "interaction_required":
      return `This server asks its users each time, and the client asks for no page. ${update}`;
    case "server_error":
      return `This server could not complete the request. Try again. If that does not help, give its administrator the reference ${reference ?? "in its log"}.`;
    default:
      return `The request of the client is not valid: ${detail}. ${update}`;
  }
}
