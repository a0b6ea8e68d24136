import { errors } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import { redeemOnce, type RedeemOnceDeps } from "../../grant/redeem-once.ts";
import type { CodeKind } from "../../grant/token-store.ts";
import { markCodePresented, recordRedemption } from "../overrides/issuance-context.ts";

const labels: Readonly<Record<CodeKind, string>> = {
  code: "authorization code",
  device_code: "device code",
};

/** Redeems the code that the current request presents, as `redeemOnce`; all but the first reject with `invalid_grant`. */
export async function redeemCode(kind: CodeKind, code: string, deps: RedeemOnceDeps): Promise<void> {
  markCodePresented();
  const { outcome, redeemedAtMs } = await redeemOnce(kind, sha256Hex(code), deps);
  if (outcome === "redeemed") return recordRedemption(redeemedAtMs);
  throw new errors.InvalidGrant(`${labels[kind]}: ${outcome}`);
}
