import type { Clock } from "@fjmcp/shared/clock";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { RedisConnection } from "@fjmcp/shared/redis/redis-connection";
import type { ClientDocumentStore } from "../provider/client-documents/client-document-store.ts";
import { authKeys } from "./auth-keys.ts";
import { defineScript, readLua } from "./lua-script.ts";

/** Any number of documents can be published by clients that no user knows: each has at most 5 KiB, so all have 5 MiB. */
const maxDocuments = 1_000;
const keptSec = 90 * 24 * 3600;

const storeClientDocument = defineScript(readLua("expiring-index") + readLua("store-client-document"), {
  keys: ["document", "documents"],
  args: ["text", "expiresInSec", "nowMs"],
  constants: { maxDocuments: String(maxDocuments) },
});

/** Documents of clients. Beyond 1,000, the one that was stored longest ago is deleted. */
export function createClientDocumentStore(redis: RedisConnection, clock: Clock): ClientDocumentStore {
  const keyOf = (url: string) => authKeys.clientDocument(sha256Hex(url));
  return {
    async find(url) {
      return (await redis.runIdempotent((commands) => commands.get(keyOf(url)))) ?? undefined;
    },
    async store(url, text) {
      const keys = { document: keyOf(url), documents: authKeys.clientDocuments };
      const args = { text, expiresInSec: keptSec, nowMs: clock() };
      await redis.run((commands) => storeClientDocument.run(commands, keys, args));
    },
  };
}
