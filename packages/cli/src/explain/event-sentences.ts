import type { ExplainedEvent, RevocationReason } from "@fjmcp/shared/ipc/explain";

/** What happened, and what an administrator does about it; docs/setup/sign-outs.md has the whole of it. */
export interface Explanation {
  readonly what: string;
  /** Undefined when there is nothing to do. */
  readonly next?: string;
}

const ended: Readonly<Record<RevocationReason, Explanation>> = {
  client_request: {
    what: "The client gave its access up: the user logged out there, or removed the server.",
  },
  code_replay: {
    what: "It ended because the code of its sign-in was presented again: a copied URL or device code, or a client that repeats its request.",
    next: "The user connects again. If it happens with one client often, report it to the makers of the client.",
  },
  refresh_replay: {
    what: "It ended because a refresh token was used again after its grace: a stolen copy, two machines with one copied configuration, or a client that lost a response.",
    next: "Ask the user whether the client's files were copied. If not, treat it as a leak. The user connects again.",
  },
  disconnected: { what: "The user ended it on the page of connections." },
  upstream_invalid: {
    what: "It ended because Forgejo no longer accepted the account's tokens: the user revoked fjmcp in Forgejo, the account was deleted, or it was not used for Forgejo's own 30 days.",
    next: "The user connects again. If it happens to many users at once, look whether Forgejo's database was restored or its OAuth2 keys have changed.",
  },
  not_allowed: {
    what: "It ended because the user is no longer among those that may sign in.",
    next: "If that is not intended, add the user to FJMCP_SIGN_IN_USERS or to an organization or team of FJMCP_SIGN_IN_ORGANIZATIONS, and let them connect again.",
  },
  administrator: {
    what: "An administrator ended it, here or on the page of connections.",
    next: "`fjmcp audit --event access.ended` names the administrator of Forgejo, if it was one. The user connects again.",
  },
  application_removed: {
    what: "It ended because the application in Forgejo that it was made with is configured no more.",
    next: "If that was by mistake, put the old FJMCP_FORGEJO_READ_ONLY_CLIENT_ID back. Otherwise the user connects again.",
  },
  evicted: {
    what: "It ended because the account had 100 connections, and this one was used least recently.",
    next: "Look for a client that signs in anew for each run; `fjmcp tokens create` makes a personal token for it.",
  },
};

/** The explanation of an event that is about a connection. */
export function explanationOf(event: Exclude<ExplainedEvent, { kind: "viewed" }>): Explanation {
  switch (event.kind) {
    case "ended":
      return ended[event.reason];
    case "narrowed":
      return {
        what:
          event.by === "user"
            ? "The user allowed it less on the page of connections."
            : "An administrator allowed it less.",
      };
    case "connected":
      return { what: "The user connected it." };
    default:
      return { what: "The user created it." };
  }
}
