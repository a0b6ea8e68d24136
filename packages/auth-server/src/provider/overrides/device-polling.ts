import { errors, Provider } from "oidc-provider";
import { sha256Hex } from "@fjmcp/shared/hash";
import type { DeviceCodeStore } from "../../grant/device-code-store.ts";
import { storeFailure } from "../temporarily-unavailable.ts";
import { afterFind } from "./model-hooks.ts";

/** How long a device waits between two polls (RFC 8628 §3.2). */
export const pollingIntervalSec = 5;
/** By how much a poll may come early: timers and networks are not exact. */
const toleranceMs = 1000;

type DeviceCode = InstanceType<Provider["DeviceCode"]>;

/**
 * Responds to the polls of a device (RFC 8628 §3.5), with descriptions of our own and `slow_down`, which oidc-provider does
 * not know. Only an allowed code of this client passes, to be redeemed; a foreign or unknown one is rejected there.
 */
export function respondToPolls(provider: Provider, store: Pick<DeviceCodeStore, "poll">): void {
  afterFind(provider.DeviceCode, async (code) => {
    if (code.clientId === Provider.ctx?.oidc.client?.clientId) await requireAllowed(code, store);
  });
}

async function requireAllowed(code: DeviceCode, store: Pick<DeviceCodeStore, "poll">): Promise<void> {
  if (code.error !== undefined) throw new errors.AccessDenied(code.errorDescription);
  if (code.isExpired) {
    throw new errors.ExpiredToken(
      "The code was not used in time. Start again on the device to get a new one.",
    );
  }
  if (code.accountId !== undefined) return;
  const intervalMs = pollingIntervalSec * 1000 - toleranceMs;
  const poll = await store.poll(sha256Hex(code.jti), intervalMs).catch((error: unknown) => {
    throw storeFailure(error);
  });
  if (poll === "too_fast") {
    throw new errors.SlowDown(
      `This device asks too often. It must wait ${pollingIntervalSec} seconds longer each time.`,
    );
  }
  throw new errors.AuthorizationPending(
    "The user has not decided yet. Open the verification page and enter the code there.",
  );
}
