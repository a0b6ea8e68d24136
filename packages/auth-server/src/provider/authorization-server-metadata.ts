import { scopes } from "@fjmcp/shared/oauth/mcp-resource";
import { defaultGrantTypes, grantTypes } from "./grant-types.ts";
import type { ClientPolicy } from "./requests/client-policy.ts";

/** The members to advertise (RFC 8414 §2, and what OpenID discovery requires), of the many that oidc-provider supports. */
const kept = [
  "issuer",
  "authorization_endpoint",
  "token_endpoint",
  "registration_endpoint",
  "revocation_endpoint",
  "device_authorization_endpoint",
  "jwks_uri",
  "response_types_supported",
  "grant_types_supported",
  "token_endpoint_auth_methods_supported",
  "code_challenge_methods_supported",
  "authorization_response_iss_parameter_supported",
  "client_id_metadata_document_supported",
  "subject_types_supported",
  "id_token_signing_alg_values_supported",
];

/** The metadata document, from the one of oidc-provider. */
export function advertisedMetadata(
  stock: Readonly<Record<string, unknown>>,
  { offersRegistration, offersDeviceFlow }: ClientPolicy,
): Record<string, unknown> {
  const withheld = new Set([
    ...(offersRegistration ? [] : ["registration_endpoint"]),
    ...(offersDeviceFlow ? [] : ["device_authorization_endpoint"]),
  ]);
  const names = kept.filter((name) => !withheld.has(name));
  return {
    ...Object.fromEntries(names.map((name) => [name, stock[name]])),
    scopes_supported: [...scopes],
    response_modes_supported: ["query"],
    grant_types_supported: [...(offersDeviceFlow ? grantTypes : defaultGrantTypes)],
    revocation_endpoint_auth_methods_supported: stock.token_endpoint_auth_methods_supported,
  };
}
