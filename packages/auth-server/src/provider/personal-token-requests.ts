import { randomBytes, randomInt } from "node:crypto";
import { z } from "zod";
import type { Clock } from "@fjmcp/shared/clock";
import { sha256Hex } from "@fjmcp/shared/hash";
import { accountIdSchema, grantIdSchema } from "@fjmcp/shared/ids";
import type { Scope } from "@fjmcp/shared/oauth/mcp-resource";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { DeviceCodeStore } from "../grant/device-code-store.ts";
import { personalTokenClientId } from "../grant/personal-token.ts";
import type { PersonalTokens } from "../grant/personal-tokens.ts";
import { devicePath } from "../paths.ts";
import { deviceCodeSec } from "./configuration.ts";
import { personalTokenParameter, type WantedPersonalToken } from "./wanted-personal-token.ts";
import { formatUserCode, userCodeAlphabet, userCodeHash, userCodeParameter } from "./user-code.ts";

type Claim =
  | { readonly status: "pending" | "expired" }
  | { readonly status: "denied"; readonly reason: string }
  | {
      readonly status: "created";
      readonly token: string;
      readonly name: string;
      readonly expiresAtSec: number;
    };

/**
 * Requests for personal tokens by the command line: device codes (RFC 8628) of the built-in client, which no endpoint for
 * clients issues or redeems. The user that types the code decides, and owns the token. Both reject with
 * StoreUnavailableError.
 */
export interface PersonalTokenRequests {
  start(wanted: WantedPersonalToken & { scopes: readonly Scope[] }): Promise<{
    deviceCode: string;
    userCode: string;
    verificationUri: string;
    expiresInSec: number;
  }>;
  /** The token, once, when the user has allowed it. */
  claim(deviceCode: string): Promise<Claim>;
}

const decidedCode = z.object({
  clientId: z.literal(personalTokenClientId),
  exp: z.number(),
  error: z.string().optional(),
  errorDescription: z.string().optional(),
  accountId: accountIdSchema.optional(),
  grantId: grantIdSchema.optional(),
  scope: z.string().optional(),
  personalToken: z.object({ name: z.string(), expiresAtSec: z.number() }).optional(),
});

export function createPersonalTokenRequests({
  issuer,
  store,
  personalTokens,
  derivation,
  clock,
}: {
  issuer: string;
  store: DeviceCodeStore;
  personalTokens: Pick<PersonalTokens, "issue">;
  derivation: SecretDerivation;
  clock: Clock;
}): PersonalTokenRequests {
  return {
    async start({ scopes, ...wanted }) {
      const deviceCode = randomBytes(32).toString("base64url");
      const iat = Math.floor(clock() / 1000);
      const params = { scope: scopes.join(" "), [personalTokenParameter]: wanted };
      const payload = {
        kind: "DeviceCode",
        clientId: personalTokenClientId,
        params,
        iat,
        exp: iat + deviceCodeSec,
      };
      for (;;) {
        const userCode = newUserCode();
        const isNew = await store.create({
          hash: sha256Hex(deviceCode),
          userCode: userCodeHash(derivation, userCode),
          payload: JSON.stringify(payload),
          expiresInSec: deviceCodeSec,
        });
        if (!isNew) continue;
        const verificationUri = `${issuer}${devicePath}?${userCodeParameter}=${userCode}`;
        return { deviceCode, userCode, verificationUri, expiresInSec: deviceCodeSec };
      }
    },

    async claim(deviceCode) {
      const hash = sha256Hex(deviceCode);
      const payload = await store.find(hash);
      const code = payload === undefined ? undefined : decidedCode.safeParse(JSON.parse(payload)).data;
      if (code === undefined || code.exp * 1000 <= clock()) return { status: "expired" };
      if (code.error !== undefined) return { status: "denied", reason: code.errorDescription ?? code.error };
      const { accountId, grantId, scope, personalToken } = code;
      if (accountId === undefined || grantId === undefined || personalToken === undefined) {
        return { status: "pending" };
      }
      const grant = { grantId, accountId, scope: scope ?? "", ...personalToken };
      const issued = await personalTokens.issue(grant, { kind: "device_code", hash });
      if ("token" in issued) return { status: "created", token: issued.token, ...personalToken };
      if (issued.failure === "double_submit") return { status: "pending" };
      if (issued.failure === "replay")
        return { status: "denied", reason: "It was claimed before, so it has been revoked." };
      return { status: "expired" };
    },
  };
}

function newUserCode(): string {
  const letters = Array.from({ length: 8 }, () => userCodeAlphabet[randomInt(userCodeAlphabet.length)]);
  return formatUserCode(letters.join(""))!;
}
