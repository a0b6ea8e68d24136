import type { AccountId } from "@fjmcp/shared/ids";
import type { AuditEvents } from "../../audit-events.ts";
import type { GrantRevocation } from "../../grant/grant-revocation.ts";
import { LoginRequiredError } from "../errors/login-required-error.ts";
import type { VersionedRecord, Vault } from "../vault/vault.ts";

/** What happens when an account turns out to have no living Forgejo tokens. A login that crosses it loses nothing. */
export interface UpstreamInvalidation {
  /**
   * Deletes the record and ends every grant that rests on it, then rejects with LoginRequiredError. Resolves with what
   * is stored instead when that is another record by now.
   */
  declare(account: AccountId, held: VersionedRecord, reason: string): Promise<VersionedRecord>;
  /**
   * There was no record: ends what still rests on it and rejects with LoginRequiredError. Resolves with the record when
   * there is one by now.
   */
  absent(account: AccountId): Promise<VersionedRecord>;
}

export function createUpstreamInvalidation(
  vault: Vault,
  revocation: GrantRevocation,
  events: AuditEvents,
): UpstreamInvalidation {
  async function absent(account: AccountId): Promise<VersionedRecord> {
    // In this order: a login stores its record before its grant. So a grant of this list either rests on nothing, or
    // the record of a login that came in between is found now; the grant of a later one is not in the list.
    const listed = await revocation.grantsOf(account);
    const record = await vault.read(account);
    if (record !== undefined) return record;
    // A client whose refresh still worked would come back with its new token and be refused again, without end.
    await Promise.all(listed.map((grant) => revocation.revoke(grant, "upstream_invalid")));
    throw new LoginRequiredError("The account has no Forgejo tokens");
  }

  return {
    absent,

    async declare(account, held, reason) {
      if (await vault.remove(account, held)) {
        events.upstreamInvalidated({ accountId: account, reason });
      }
      return absent(account);
    },
  };
}
