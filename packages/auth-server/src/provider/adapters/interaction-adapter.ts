import type { AdapterPayload } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import { decryptForHolder, encryptForHolder } from "../../crypto/holder-cipher.ts";
import { repeatSec } from "../../repeat-window.ts";
import { AlreadyDecidedError } from "../already-decided-error.ts";
import type { InteractionStore } from "../interaction-store.ts";
import type { ModelAdapter } from "./adapter-factory.ts";

/**
 * Interactions. The id is a cookie's value and part of the URL to return to, and the client's own `state` is among the
 * parameters: so the whole record is encrypted under the id, which only the browser holds. The first decision counts: storing
 * another one rejects with AlreadyDecidedError. One that has been resumed stays
 * for `repeatSec`, so that the browser can repeat the request.
 */
export function createInteractionAdapter(store: InteractionStore): ModelAdapter {
  return {
    async upsert(id, payload, expiresIn) {
      const isStored = await store.set(sha256Hex(id), {
        phase: payload.result === undefined ? "pending" : "decided",
        payload: encryptForHolder(JSON.stringify(payload), id),
        expiresInSec: expiresIn!,
      });
      if (!isStored) throw new AlreadyDecidedError();
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
