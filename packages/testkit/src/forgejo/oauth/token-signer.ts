import { calculateJwkThumbprint, exportJWK, generateKeyPair, jwtVerify, SignJWT, type JWK } from "jose";
import { z } from "zod";

const claims = z.object({
  gnt: z.number(),
  tt: z.union([z.literal(0), z.literal(1)]),
  cnt: z.number().optional(),
});

/** The payload of an access (`tt` 0) or refresh (`tt` 1) token: the grant and, for the latter, the grant's counter. */
export type TokenClaims = z.infer<typeof claims>;

/** Signs and verifies Forgejo's RS256 JWTs with a key generated at start. */
export class TokenSigner {
  readonly #keys: Awaited<ReturnType<typeof generateKeyPair>>;
  readonly #kid: string;
  readonly publicJwk: JWK;

  private constructor(keys: Awaited<ReturnType<typeof generateKeyPair>>, jwk: JWK, kid: string) {
    this.#keys = keys;
    this.#kid = kid;
    this.publicJwk = { ...jwk, kid, alg: "RS256", use: "sig" };
  }

  static async create(): Promise<TokenSigner> {
    const keys = await generateKeyPair("RS256");
    const jwk = await exportJWK(keys.publicKey);
    return new TokenSigner(keys, jwk, await calculateJwkThumbprint(jwk));
  }

  sign(payload: Record<string, unknown>): Promise<string> {
    return new SignJWT(payload)
      .setProtectedHeader({ alg: "RS256", kid: this.#kid, typ: "JWT" })
      .sign(this.#keys.privateKey);
  }

  /** The claims of a token with a valid signature that has not expired, else `undefined`. */
  async verify(token: string): Promise<TokenClaims | undefined> {
    try {
      const { payload } = await jwtVerify(token, this.#keys.publicKey, { algorithms: ["RS256"] });
      return claims.safeParse(payload).data;
    } catch {
      return undefined;
    }
  }
}
