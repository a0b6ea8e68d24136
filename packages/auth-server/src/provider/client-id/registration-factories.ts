import { errors, type KoaContextWithOIDC } from "oidc-provider";
import { errorDescription } from "../error-description.ts";
import type { ClientPolicy } from "../requests/client-policy.ts";
import type { ClientIdCodec, ClientMetadata } from "./client-id-codec.ts";

/**
 * How oidc-provider's registration endpoint (RFC 7591) gets ids and secrets: the id is made of the normalised body. A
 * body that does not fit into an id is rejected with `invalid_redirect_uri` or `invalid_client_metadata`; before that, a
 * registration that the policy does not allow with 403, or with 401 and a challenge where an initial access token is
 * missing (RFC 7591 §3).
 */
export function createRegistrationFactories(clientIds: ClientIdCodec, policy: ClientPolicy) {
  const idOf = new WeakMap<KoaContextWithOIDC, string>();
  return {
    idFactory(ctx: KoaContextWithOIDC): string {
      const members = policy.membersOfRegistration(ctx.req.headers.authorization);
      if (members === undefined) reject(ctx, policy);
      // In place: oidc-provider makes the client of the same object.
      const metadata: ClientMetadata = Object.assign(ctx.oidc.body as object, members);
      const clientId = clientIds.encode(metadata);
      if (clientId === undefined) throw new errors.InvalidClientMetadata(tooLong(metadata));
      idOf.set(ctx, clientId);
      return clientId;
    },
    secretFactory(ctx: KoaContextWithOIDC): string {
      return clientIds.secretOf(idOf.get(ctx)!)!;
    },
  };
}

function reject(ctx: KoaContextWithOIDC, { offersRegistration }: ClientPolicy): never {
  // Where no token was sent this throws, for a challenge without an error code (RFC 6750 §3.1).
  if (offersRegistration && ctx.req.headers.authorization === undefined) ctx.oidc.getAccessToken();
  const error = offersRegistration
    ? new errors.InvalidToken("no initial access token that is known")
    : new errors.OIDCProviderError(403, "access_denied");
  // Of a 401 it is in the challenge as well.
  error.error_description = offersRegistration
    ? errorDescription({ error: "invalid_token" })
    : "Clients cannot register themselves here. Ask the administrator of this server which clients can connect.";
  throw error;
}

/** oidc-provider derives the error code from the member that the description begins with. */
function tooLong({ redirect_uris, ...others }: ClientMetadata): string {
  const length = (value: unknown) => JSON.stringify(value ?? null).length;
  return length(redirect_uris) > length(others)
    ? "redirect_uris are too long in all: register fewer or shorter ones"
    : "client metadata is too long in all: use a shorter name and fewer members";
}
