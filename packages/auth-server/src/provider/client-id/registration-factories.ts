import { errors, type KoaContextWithOIDC } from "oidc-provider";
import type { ClientIdCodec, ClientMetadata } from "./client-id-codec.ts";

/**
 * How oidc-provider's registration endpoint (RFC 7591) gets ids and secrets: the id is made of the normalised body. A
 * body that does not fit into an id is rejected with `invalid_redirect_uri` or `invalid_client_metadata`.
 */
export function createRegistrationFactories(clientIds: ClientIdCodec) {
  const idOf = new WeakMap<KoaContextWithOIDC, string>();
  return {
    idFactory(ctx: KoaContextWithOIDC): string {
      const metadata = ctx.oidc.body as ClientMetadata;
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

/** oidc-provider derives the error code from the member that the description begins with. */
function tooLong({ redirect_uris, ...others }: ClientMetadata): string {
  const length = (value: unknown) => JSON.stringify(value ?? null).length;
  return length(redirect_uris) > length(others)
    ? "redirect_uris are too long in all: register fewer or shorter ones"
    : "client metadata is too long in all: use a shorter name and fewer members";
}
