import type { ClientIdCodec } from "../client-id/client-id-codec.ts";
import type { ModelAdapter } from "./adapter-factory.ts";

/** Client registrations. Nothing is stored: a client's id is its registration, and its secret is derived from that. */
export function createClientAdapter(clientIds: ClientIdCodec): ModelAdapter {
  return {
    async upsert() {},
    async find(id) {
      const metadata = clientIds.decode(id);
      if (metadata === undefined) return undefined;
      const isPublic = metadata.token_endpoint_auth_method === "none";
      const secret = isPublic ? {} : { client_secret: clientIds.secretOf(id), client_secret_expires_at: 0 };
      return { ...metadata, client_id: id, ...secret };
    },
  };
}
