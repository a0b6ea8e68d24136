import type { AccountId } from "@fjmcp/shared/ids";
import type { Log } from "@fjmcp/shared/log";
import type { Grants } from "../grant/grants.ts";
import { LoginRequiredError } from "./upstream-tokens.ts";
import type { HeldRecord, Vault } from "./vault.ts";

/** What happens when an account turns out to have no living Forgejo tokens. */
export interface DeadRecords {
  /**
   * Deletes the record and ends every grant that rests on it, then rejects with LoginRequiredError. Resolves with what
   * is stored instead when that is another record by now.
   */
  declare(account: AccountId, held: HeldRecord, reason: string): Promise<HeldRecord>;
  /** There is no record: ends what still rests on it and rejects with LoginRequiredError. */
  absent(account: AccountId): Promise<never>;
}

export function createDeadRecords(vault: Vault, grants: Pick<Grants, "endAllOf">, log: Log): DeadRecords {
  async function absent(account: AccountId): Promise<never> {
    // A client whose refresh still worked would come back with its new token and be refused again, without end.
    await grants.endAllOf(account, "upstream_dead");
    throw new LoginRequiredError("The account has no Forgejo tokens");
  }

  return {
    absent,

    async declare(account, held, reason) {
      if (!(await vault.remove(account, held))) {
        const other = await vault.read(account);
        if (other !== undefined) return other;
      }
      log.warn(
        { event: "upstream.dead", accountId: account, reason },
        "an account's Forgejo tokens are dead",
      );
      return absent(account);
    },
  };
}
