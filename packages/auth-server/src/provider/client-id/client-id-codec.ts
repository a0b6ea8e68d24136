import { randomBytes, timingSafeEqual } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { KeyRing } from "../../crypto/key-ring.ts";
import type { RootKey } from "@fjmcp/shared/root-key";
import { currentVersion, dictionaries } from "./dictionary.ts";

/** Some clients keep ids in short columns, and an id stands in URLs: metadata that needs more is rejected. */
export const maxClientIdLength = 1024;
/** What a MAC of ours covers never inflates to more; a bound against a slip of our own. */
const maxMetadataBytes = 4096;

const keyIdBytes = 2;
const nonceBytes = 8;
const macBytes = 16;
const headerBytes = 1 + keyIdBytes + nonceBytes;
/** Ids whose metadata is kept in memory, 4 KiB each at most. */
const maxKept = 1000;

/** Client metadata (RFC 7591 §2) as the registration endpoint has normalised it. */
export type ClientMetadata = Readonly<Record<string, unknown>>;

/**
 * Client ids that are the registration: the metadata, compressed, with a nonce and a MAC over both. Nothing is stored,
 * so nothing can be filled, lost or pruned, and a client that comes back after a year still works.
 *
 * An id is base64url of: version (1 byte), key id (2), nonce (8), MAC (16), raw deflate of the metadata as JSON.
 */
export interface ClientIdCodec {
  /** A new id, another one each time. Undefined when it would be longer than `maxClientIdLength`. */
  encode(metadata: ClientMetadata): string | undefined;
  /** The metadata of an id that a key of the ring has made; undefined for any other text. */
  decode(clientId: string): ClientMetadata | undefined;
  /** The secret of a confidential client: derived from its id and stored nowhere. Undefined for a foreign id. */
  secretOf(clientId: string): string | undefined;
  /** The id of the root key that has made it; undefined for a foreign id. */
  keyIdOf(clientId: string): string | undefined;
}

export function createClientIdCodec(keys: KeyRing): ClientIdCodec {
  /** The metadata of verified ids as JSON, which no caller can change. */
  const decoded = new Map<string, string>();

  /** Header and payload of an id whose MAC is right: verified before anything of it is inflated. */
  function verified(clientId: string): { version: number; key: RootKey; payload: Buffer } | undefined {
    if (clientId.length > maxClientIdLength) return undefined;
    const bytes = Buffer.from(clientId, "base64url");
    // base64url decoding ignores foreign characters and trailing bits: one id has one spelling.
    if (bytes.length <= headerBytes + macBytes || bytes.toString("base64url") !== clientId) return undefined;
    const key = keys.find(bytes.subarray(1, 1 + keyIdBytes).toString("hex"));
    if (key === undefined) return undefined;
    const header = bytes.subarray(0, headerBytes);
    const payload = bytes.subarray(headerBytes + macBytes);
    const mac = bytes.subarray(headerBytes, headerBytes + macBytes);
    return timingSafeEqual(mac, macOf(key, header, payload))
      ? { version: bytes[0] as number, key, payload }
      : undefined;
  }

  function inflated(clientId: string): string | undefined {
    const id = verified(clientId);
    const dictionary = id && dictionaryOf(id.version);
    if (id === undefined || dictionary === undefined) return undefined;
    return inflateRawSync(id.payload, { dictionary, maxOutputLength: maxMetadataBytes }).toString("utf8");
  }

  function keep(clientId: string, json: string | undefined): string | undefined {
    if (json === undefined) return undefined;
    if (decoded.size >= maxKept) decoded.clear();
    // A copy: a part of the request's body would keep all of it in memory.
    decoded.set(Buffer.from(clientId).toString(), json);
    return json;
  }

  return {
    encode(metadata) {
      const key = keys.current;
      const json = JSON.stringify(withoutDefaults(metadata));
      const payload = deflateRawSync(json, { level: 9, dictionary: dictionaryOf(currentVersion)! });
      const header = Buffer.concat([
        Buffer.from([currentVersion]),
        Buffer.from(key.id, "hex"),
        randomBytes(nonceBytes),
      ]);
      const clientId = Buffer.concat([header, macOf(key, header, payload), payload]).toString("base64url");
      const fits = clientId.length <= maxClientIdLength && Buffer.byteLength(json) <= maxMetadataBytes;
      return fits ? clientId : undefined;
    },

    decode(clientId) {
      const json = decoded.get(clientId) ?? keep(clientId, inflated(clientId));
      if (json === undefined) return undefined;
      return { ...defaults, ...(JSON.parse(json) as ClientMetadata) };
    },

    keyIdOf: (clientId) => verified(clientId)?.key.id,

    secretOf(clientId) {
      const key = verified(clientId)?.key;
      return key?.hmac("client secret").update(clientId).digest("base64url");
    },
  };
}

/** What a registration without these members means (RFC 7591 §2). */
const absent: ClientMetadata = { token_endpoint_auth_method: "client_secret_basic" };

/** What is not written into an id, because nearly every client has it. */
const defaults: ClientMetadata = {
  token_endpoint_auth_method: "none",
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
};

/** Members are written in one order, so that the dictionary fits. */
const order = ["client_name", "redirect_uris", "application_type", "scope"];

function withoutDefaults(sent: ClientMetadata): ClientMetadata {
  const metadata = { ...absent, ...sent };
  const names = [...new Set([...order, ...Object.keys(metadata)])];
  return Object.fromEntries(
    names
      .filter((name) => JSON.stringify(metadata[name]) !== JSON.stringify(defaults[name]))
      .map((name) => [name, metadata[name]]),
  );
}

function dictionaryOf(version: number): Buffer | undefined {
  return dictionaries.get(version);
}

function macOf(key: RootKey, header: Buffer, payload: Buffer): Buffer {
  return key.hmac("client id").update(header).update(payload).digest().subarray(0, macBytes);
}
