import type { AccountId } from "@fjmcp/shared/ids";
import { singleFlight } from "@fjmcp/shared/single-flight";
import type { AuditEvents } from "../../audit-events.ts";
import type { GrantRevocation } from "../../grant/grant-revocation.ts";
import { LoginRequiredError } from "../errors/login-required-error.ts";
import { UserNotAllowedError } from "../errors/user-not-allowed-error.ts";
import type { VersionedRecord, Vault } from "../vault/vault.ts";

/**
 * Handles permanently invalid or missing Forgejo tokens of one application. The record of a concurrent login survives, and
 * so do the grants that rest on another application.
 */
export interface UpstreamInvalidation {
  /**
   * Deletes the record and revokes the grants that rest on it, then rejects with LoginRequiredError. Resolves with the
   * stored record when another one is stored by now.
   */
  invalidate(account: AccountId, versioned: VersionedRecord, reason: string): Promise<VersionedRecord>;
  /**
   * No record was found: revokes the grants that rest on it and rejects with LoginRequiredError. Resolves with the record
   * when there is one by now.
   */
  handleMissing(account: AccountId): Promise<VersionedRecord>;
  /** The user may not sign in: ends its grants, sessions and Forgejo tokens; rejects with UserNotAllowedError. */
  exclude(account: AccountId, login: string): Promise<never>;
}

export function createUpstreamInvalidation(deps: {
  /** Of the application. */
  forgejoClientId: string;
  vault: Vault;
  revocation: GrantRevocation;
  events: AuditEvents;
}): UpstreamInvalidation {
  const { forgejoClientId, vault, revocation, events } = deps;

  const handleMissing = singleFlight(async (account: AccountId): Promise<VersionedRecord> => {
    // The order matters: a login stores its record before its grant. So for each listed grant either there is no
    // record, or the record of a login in between is found here; the grant of a later login is not in the list.
    const listed = await revocation.grantsOn(account, forgejoClientId);
    const record = await vault.read(account);
    if (record !== undefined) return record;
    // Otherwise clients could refresh our tokens but never use them, in an endless loop.
    await revocation.revokeAll(listed, "upstream_invalid");
    throw new LoginRequiredError("The account has no Forgejo tokens");
  });

  return {
    handleMissing,

    async exclude(account, login) {
      events.userNotAllowed({ accountId: account, login });
      await revocation.revokeAccount(account, "not_allowed");
      throw new UserNotAllowedError(login);
    },

    async invalidate(account, versioned, reason) {
      if (await vault.remove(account, versioned)) {
        events.upstreamInvalidated({ accountId: account, forgejoClientId, reason });
      }
      return handleMissing(account);
    },
  };
}
