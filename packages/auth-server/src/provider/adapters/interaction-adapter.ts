import type { AdapterPayload } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import { decryptForHolder, encryptForHolder } from "../../crypto/holder-cipher.ts";
import { repeatSec } from "../../repeat-window.ts";
import type { RecordStore } from "../record-store.ts";
import type { ModelAdapter } from "./adapter-factory.ts";

/**
 * Interactions. The id is a cookie's value and part of the URL to return to, and the client's own `state` is among the
 * parameters: so the whole record is encrypted under the id, which only the browser holds. One that has been resumed stays
 * for `repeatSec`, so that the browser can repeat the request.
 */
export function createInteractionAdapter(store: RecordStore): ModelAdapter {
  return {
    async upsert(id, payload, expiresIn) {
      await store.set(sha256Hex(id), encryptForHolder(JSON.stringify(payload), id), expiresIn!);
    },
    async find(id) {
      const ciphertext = await store.find(sha256Hex(id));
      return ciphertext === undefined
        ? undefined
        : (JSON.parse(decryptForHolder(ciphertext, id)) as AdapterPayload);
    },
    async destroy(id) {
      await store.expire(sha256Hex(id), repeatSec);
    },
  };
}
