import { errors, Provider } from "oidc-provider";
import { deviceGrantType } from "../grant-types.ts";
import { replaceMethod } from "./replace-method.ts";

/**
 * Rejects a request with a grant type that its client has not registered as `unauthorized_client` (RFC 6749 §5.2), where
 * oidc-provider asks `Client#grantTypeAllowed` for the grant type of the request and has `invalid_request`.
 */
export function requireRegisteredGrantTypes(provider: Provider): void {
  replaceMethod<unknown, [grantType: string], boolean>(
    provider.Client.prototype,
    "grantTypeAllowed",
    (isAllowed) =>
      function (grantType) {
        const allowed = isAllowed.call(this, grantType);
        if (!allowed && grantType === requestedGrantType()) throw new errors.UnauthorizedClient();
        return allowed;
      },
  );
}

/** The grant type that the current request uses, at the token endpoint, or is about to, with a device code. */
function requestedGrantType(): unknown {
  const { route, params } = Provider.ctx?.oidc ?? {};
  if (route === "device_authorization") return deviceGrantType;
  return route === "token" ? params?.grant_type : undefined;
}
