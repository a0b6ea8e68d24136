import { createECDH } from "node:crypto";
import type { KeyRing } from "../crypto/key-ring.ts";
import type { RootKey } from "@fjmcp/shared/root-key";

/** A private JWK of an ES256 key (RFC 7517). Its member `d` is secret: never log it. */
interface SigningKey {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly alg: "ES256";
  readonly use: "sig";
  readonly kid: string;
  readonly x: string;
  readonly y: string;
  readonly d: string;
}

/** A private JWK set. */
export interface SigningKeys {
  readonly keys: SigningKey[];
}

/** The order of P-256 (FIPS 186-5, SP 800-186 §3.2.1.3). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const coordinateBytes = 32;
/** More than the order has, so that the remainder is uniform (FIPS 186-5 §A.2.1). */
const seedBytes = 48;

/** One signing key for each root key of the ring, the current one's first: the same in every process that has the ring. */
export function deriveSigningKeys(ring: KeyRing): SigningKeys {
  return { keys: ring.ids.map((id) => signingKey(ring.find(id)!)) };
}

function signingKey(root: RootKey): SigningKey {
  const seed = BigInt(`0x${root.derive("signing key", seedBytes).toString("hex")}`);
  const scalar = ((seed % (order - 1n)) + 1n).toString(16).padStart(2 * coordinateBytes, "0");
  const curve = createECDH("prime256v1");
  curve.setPrivateKey(scalar, "hex");
  // 04, x, y: the uncompressed point.
  const point = curve.getPublicKey().subarray(1);
  const text = (bytes: Buffer) => bytes.toString("base64url");
  return {
    kty: "EC",
    crv: "P-256",
    alg: "ES256",
    use: "sig",
    kid: root.id,
    x: text(point.subarray(0, coordinateBytes)),
    y: text(point.subarray(coordinateBytes)),
    d: text(Buffer.from(scalar, "hex")),
  };
}
