import type { Clock } from "@fjmcp/shared/clock";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { AuditEvents } from "./audit-events.ts";
import type { AuthServerConfig } from "./config.ts";
import type { KeyRing } from "./crypto/key-ring.ts";
import { ClientDocuments } from "./provider/client-documents/client-documents.ts";
import { createFindPin } from "./provider/client-documents/pinned-documents.ts";
import { createClientIdCodec } from "./provider/client-id/client-id-codec.ts";
import { createDescribeClient } from "./provider/client-id/describe-client.ts";
import { createClientDocumentStore } from "./redis/client-document-store.ts";

/** Wires what is known of clients: from ids that are registrations, and from the documents of the others. */
export function createKnownClients(
  { own, hosts }: AuthServerConfig["clientDocuments"],
  deps: { redis: RedisConnection; keys: KeyRing; clock: Clock; events: AuditEvents },
) {
  const { redis, keys, clock, events } = deps;
  const clientIds = createClientIdCodec(keys);
  const store = createClientDocumentStore(redis, clock);
  const documents = new ClientDocuments({ store, findPin: createFindPin(own), hosts, events });
  return { clientIds, documents, describeClient: createDescribeClient(clientIds, documents) };
}
