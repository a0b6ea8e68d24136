import { displayText } from "@fjmcp/shared/display-text";
import type { AccountState, ExplainedEvent, ExplainedUser } from "@fjmcp/shared/ipc/explain";
import { formatTime } from "../terminal/times.ts";
import { explanationOf, type Explanation } from "./event-sentences.ts";

const maxNameLength = 80;
/** The newest ones; `--json` has all. */
const shownEvents = 30;

const states: Readonly<Record<Exclude<AccountState["status"], "suspended">, Explanation>> = {
  ok: { what: "Forgejo lets the user in, and the user may sign in here." },
  not_allowed: {
    what: "The user is not among those that may sign in here: the next call of a client ends all connections.",
    next: "If that is not intended, change FJMCP_SIGN_IN_USERS or FJMCP_SIGN_IN_ORGANIZATIONS now.",
  },
  no_tokens: {
    what: "No Forgejo tokens are stored for the account: it has no connection, or the last one has ended.",
    next: "The user connects a client again when they want to.",
  },
  not_asked: {
    what: "The stored Forgejo token has expired; the next call of a client refreshes it. So Forgejo was not asked now.",
  },
  rejected: {
    what: "Forgejo does not accept the stored token: the next call of a client finds out whether the access has ended.",
    next: "Expect a sign-out. The user connects again; ask whether they revoked fjmcp in Forgejo.",
  },
  unavailable: {
    what: "Forgejo gave no usable response, so its state of the user is not known. Nothing ends because of that.",
    next: "Run `fjmcp doctor`.",
  },
  key_missing: {
    what: "The Forgejo tokens are encrypted with a vault key that is not in its key ring. Calls fail, and nothing ends.",
    next: "Run `fjmcp doctor`: it names the key.",
  },
};

/** The account as sentences: how it is now, and what happened, the newest first, each with its time in UTC. */
export function explainText(user: ExplainedUser): string {
  const { accountId, login, state, grants, events } = user;
  const shown = events.slice(0, shownEvents);
  const more = events.length - shown.length;
  return [
    `${login === undefined ? "A user whose login is not known" : displayText(login, maxNameLength)} (id ${accountId})`,
    "",
    "Now",
    ...lines(stateOf(state)),
    ...(grants.length === 0 ? ["  There is no connection."] : grants.map(grantLine)),
    ...unrecordedEnds(user),
    "",
    "Before, in UTC",
    ...(shown.length === 0
      ? ["  Nothing is recorded. A client that was not used for too long ends without a record."]
      : []),
    ...shown.flatMap(eventLines),
    ...(more > 0 ? [`  … and ${more} earlier events; --json has them.`] : []),
    "",
    "All reasons, also those without a record: docs/setup/sign-outs.md",
  ].join("\n");
}

function stateOf(state: AccountState): Explanation {
  if (state.status !== "suspended") return states[state.status];
  return {
    what: `Forgejo does not serve the user at present: “${displayText(state.message, 300)}” Calls fail, and nothing ends.`,
    next: "Once it is lifted in Forgejo, everything works again by itself.",
  };
}

function grantLine(grant: ExplainedUser["grants"][number]): string {
  const access = grant.scopes.includes("forgejo:write") ? "reads and writes" : "reads only";
  const used =
    grant.lastUsedAtSec === undefined ? "not used yet" : `last used ${formatTime(grant.lastUsedAtSec)}`;
  const expires = grant.expiresAtSec === undefined ? "" : `, expires ${formatTime(grant.expiresAtSec)}`;
  return `  ${nameOf(grant)}: ${access}, since ${formatTime(grant.createdAtSec)}, ${used}${expires}.`;
}

/** Clients with connections that neither live nor have a record of their end: Redis let them expire. */
function unrecordedEnds({ grants, events }: ExplainedUser): string[] {
  const living = new Map<string, number>();
  for (const { clientRef } of grants) living.set(clientRef, (living.get(clientRef) ?? 0) + 1);
  const lines: string[] = [];
  // The newest first: each end, and each living connection, stands for one that was made before.
  for (const event of events) {
    if (event.kind === "viewed" || event.kind === "narrowed") continue;
    const count = living.get(event.clientRef) ?? 0;
    if (event.kind === "ended") living.set(event.clientRef, count + 1);
    else if (count > 0) living.set(event.clientRef, count - 1);
    else
      lines.push(`  ${nameOf(event)}: ended without a record. It was not used for too long, or had expired.`);
  }
  return [...new Set(lines)];
}

function eventLines(event: ExplainedEvent): string[] {
  const time = formatTime(event.atMs / 1000);
  if (event.kind === "viewed")
    return [`  ${time}  The administrator with id ${event.administrator} looked at the connections.`];
  return lines(explanationOf(event), `${time}  ${nameOf(event)}: `);
}

function lines({ what, next }: Explanation, before = ""): string[] {
  return [`  ${before}${what}`, ...(next === undefined ? [] : [`    → ${next}`])];
}

function nameOf(of: {
  clientRef: string;
  clientName?: string | undefined;
  isPersonalToken: boolean;
}): string {
  if (of.isPersonalToken) return "A personal token";
  const name = displayText(of.clientName ?? "", maxNameLength);
  return `${name === "" ? "A client without a name" : name} (${of.clientRef})`;
}
