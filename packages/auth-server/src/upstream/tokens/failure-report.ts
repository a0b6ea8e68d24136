import type { AccountId } from "@fjmcp/shared/ids";
import type { AuditEvents } from "../../audit-events.ts";
import { LoginRequiredError } from "../errors/login-required-error.ts";
import { UpstreamMisconfiguredError } from "../errors/upstream-misconfigured-error.ts";
import { UserSuspendedError } from "../errors/user-suspended-error.ts";
import { VaultKeyMissingError } from "../errors/vault-key-missing-error.ts";

/** Logs why an account's Forgejo token cannot be had; an invalidation or a missing vault key was logged where it was found. */
export type FailureReport = (account: AccountId, error: Error) => void;

export function createFailureReport(
  events: Pick<AuditEvents, "userSuspended" | "upstreamMisconfigured" | "upstreamUnavailable">,
): FailureReport {
  return function report(accountId, error) {
    if (error instanceof LoginRequiredError || error instanceof VaultKeyMissingError) return;
    if (error instanceof UserSuspendedError) {
      events.userSuspended({ accountId });
    } else if (error instanceof UpstreamMisconfiguredError) {
      events.upstreamMisconfigured({ accountId, detail: error.message });
    } else {
      events.upstreamUnavailable({ accountId, error });
    }
  };
}
