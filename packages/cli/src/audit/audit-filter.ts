import { auditEvents } from "./audit-events.ts";
import type { LogEntry } from "./log-entry.ts";

interface AuditSelection {
  /** The id of an account. */
  readonly user?: string | undefined;
  readonly clientRef?: string | undefined;
  /** Names of events; `*` at the end stands for any characters. */
  readonly events: readonly string[];
}

interface Owner {
  readonly accountId: unknown;
  readonly clientRef: unknown;
}

/**
 * Whether an entry is of an audit event that the selection has. It gets the entries in the order of the log: an event that
 * names its grant alone is that of the account and client that an earlier one has named with it.
 */
export function createAuditFilter(selection: AuditSelection): (entry: LogEntry) => boolean {
  const owners = new Map<unknown, Owner>();
  const { user, clientRef, events } = selection;

  return (entry) => {
    const { event, grantId } = entry;
    const known = owners.get(grantId);
    const owner = {
      accountId: entry.accountId ?? known?.accountId,
      clientRef: entry.clientRef ?? known?.clientRef,
    };
    // Its owner is the first: a rejected request names the client that has presented the grant's token, perhaps another.
    if (grantId !== undefined && event !== "token_request.rejected") owners.set(grantId, owner);
    return (
      typeof event === "string" &&
      auditEvents.has(event) &&
      (events.length === 0 || events.some((pattern) => matchesName(pattern, event))) &&
      (user === undefined || owner.accountId === user) &&
      (clientRef === undefined || owner.clientRef === clientRef)
    );
  };
}

/** Whether there is an audit event of this name or pattern. */
export function isAuditEvent(pattern: string): boolean {
  return [...auditEvents].some((event) => matchesName(pattern, event));
}

function matchesName(pattern: string, event: string): boolean {
  return pattern.endsWith("*") ? event.startsWith(pattern.slice(0, -1)) : event === pattern;
}
