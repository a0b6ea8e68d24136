import type { AdapterPayload } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { RecordStore } from "../record-store.ts";
import type { ModelAdapter } from "./adapter-factory.ts";

/** A registration whose codes are never redeemed expires after this time. */
const unusedClientSec = 24 * 3600;

/** Client registrations; of a client's secret only the hash is stored. */
export function createClientAdapter(store: RecordStore): ModelAdapter {
  return {
    async upsert(id, payload) {
      const secret = payload.client_secret;
      const stored = secret === undefined ? payload : { ...payload, client_secret: sha256Hex(secret) };
      await store.set(id, JSON.stringify(stored), unusedClientSec);
    },
    async find(id) {
      const payload = await store.find(id);
      return payload === undefined ? undefined : (JSON.parse(payload) as AdapterPayload);
    },
  };
}
