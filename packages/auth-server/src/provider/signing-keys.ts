import { createPrivateKey } from "node:crypto";
import { z } from "zod";

const signingKeySet = z.object({
  keys: z
    .array(
      z.looseObject({
        kty: z.literal("EC"),
        crv: z.literal("P-256"),
        kid: z.string().min(1),
        x: z.string(),
        y: z.string(),
        d: z.string(),
      }),
    )
    .min(1),
});

/** A private JWK set (RFC 7517) whose every key signs ES256. Its members are secret: never log it. */
export type SigningKeys = z.infer<typeof signingKeySet>;

/** Parses a key set; undefined when `text` is anything else. */
export function signingKeys(text: string): SigningKeys | undefined {
  try {
    const set = signingKeySet.parse(JSON.parse(text));
    for (const key of set.keys) createPrivateKey({ key, format: "jwk" });
    return set;
  } catch {
    return undefined;
  }
}
