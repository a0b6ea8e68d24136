import { displayText } from "@fjmcp/shared/display-text";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { Log } from "@fjmcp/shared/log";
import { maxNameLength } from "./audit-fields.ts";
import type { EndedAccess } from "./grant/ended-access.ts";
import type { GrantedAccess } from "./grant/granted-access.ts";

/** Logs an event that any browser can cause at any rate: at most one line a second of each `kind`. */
type LogThrottled = (
  level: "info" | "warn",
  fields: { event: string; reference?: string; [field: string]: unknown },
  message: string,
  kind?: string,
) => void;

/** The audit events of the page of connections, and of what users and administrators do with grants. */
export function createConnectionsEvents(log: Log, logThrottled: LogThrottled) {
  return {
    connectionsSignedIn(signedIn: { accountId: AccountId; login: string }) {
      const login = displayText(signedIn.login, maxNameLength);
      log.info(
        { event: "connections.signed_in", ...signedIn, login },
        "user signed in to the page of connections",
      );
    },
    /** A form that our page did not send, or not in this browser. */
    connectionsFormRejected(rejection: { detail: string; reference: string }) {
      logThrottled(
        "info",
        { event: "connections.form_rejected", ...rejection },
        "a form for the page of connections was rejected",
        rejection.detail,
      );
    },
    /** An administrator of Forgejo looked at a page of the list of all accounts; `after`: where the page begins. */
    accountsListed(look: { administrator: AccountId; after: string | undefined }) {
      const after = look.after === undefined ? undefined : displayText(look.after, maxNameLength);
      log.info(
        { event: "connections.listed", ...look, after },
        "an administrator looked at the list of all accounts",
      );
    },
    /** An administrator of Forgejo looked at the connections of an account. */
    connectionsViewed(view: { administrator: AccountId; accountId: AccountId }) {
      log.info(
        { event: "connections.viewed", ...view },
        "an administrator looked at the connections of an account",
      );
    },
    /** An administrator of Forgejo was expected, and Forgejo says that the user is none. */
    administratorRejected(rejection: { accountId: AccountId }) {
      logThrottled(
        "warn",
        { event: "connections.not_administrator", ...rejection },
        "a user that is no administrator of Forgejo asked for what only those may do",
        rejection.accountId,
      );
    },
    /** The user does not read of an ended connection; the log has it. */
    accountHistoryFailed({ accountId, error }: { accountId: AccountId; error: Error }) {
      logThrottled(
        "warn",
        { event: "account_history.failed", accountId, err: error },
        "could not write to the history that an account's user reads",
      );
    },
    /** The order of eviction, and the time of the last use that users read, stay as they were. */
    grantUsesFailed({ error }: { error: unknown }) {
      logThrottled("warn", { event: "grant_uses.failed", err: error }, "could not record uses of grants");
    },
    grantRenamed(grant: { grantId: GrantId; accountId: AccountId }) {
      log.info({ event: "grant.renamed", ...grant }, "user renamed a connection");
    },
    personalTokenCreated(created: {
      accountId: AccountId;
      grantId: GrantId;
      name: string;
      expiresAtSec: number;
      scope: string;
      toolsets: readonly string[];
    }) {
      const name = displayText(created.name, maxNameLength);
      log.info({ event: "personal_token.created", ...created, name }, "personal token created");
    },
    /** The access that the grant has at most from now on. */
    grantNarrowed(grant: { grantId: GrantId; accountId: AccountId } & GrantedAccess) {
      log.info({ event: "grant.narrowed", ...grant }, "the access of a grant was narrowed");
    },
    /**
     * By the administrator's command line, or by an administrator of Forgejo. Of grants it is logged before they end, so
     * that it cannot be missing; the `grant.revoked` of each follows.
     */
    accessEnded({ kind, ...ended }: EndedAccess) {
      log.info(
        { event: "access.ended", kind, ...ended, reason: "administrator" },
        "an administrator ends access",
      );
    },
  };
}
