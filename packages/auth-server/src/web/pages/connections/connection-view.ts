import type { ClientIdentity } from "../../../provider/client-id/describe-client.ts";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { GrantedAccess } from "../../../grant/granted-access.ts";
import type { RevocationReason } from "@fjmcp/shared/ipc/explain";

/** How a connection is named. Texts are cleaned for display. */
export interface NamedConnection {
  /** The user's own name for it. */
  readonly label: string | undefined;
  /** What the client calls itself; undefined when nothing in it can be read, and for a personal token. */
  readonly clientName: string | undefined;
  readonly isPersonalToken: boolean;
}

/** A connection as its pages show it. */
export interface ConnectionView extends NamedConnection {
  readonly grantId: GrantId;
  /** Hosts, or schemes of apps, to which the client sends its users. */
  readonly hosts: readonly string[];
  readonly identity: ClientIdentity;
  readonly access: GrantedAccess;
  readonly createdAtMs: number;
  /** Of a personal token. */
  readonly expiresAtMs: number | undefined;
  /** Undefined until the client has used it. */
  readonly lastUsedAtMs: number | undefined;
  /** Undefined when the session-daemon does not respond. */
  readonly sessions: number | undefined;
  /** The names of the tools that were called last, the last one first: for the user alone. */
  readonly lastTools?: readonly string[];
}

/** An event of the history as the page shows it. */
export type HistoryView =
  | { readonly kind: "viewed"; readonly atMs: number }
  | (NamedConnection & { readonly atMs: number } & (
        | { readonly kind: "connected" | "token_created" }
        | { readonly kind: "narrowed"; readonly by: "user" | "administrator" }
        | { readonly kind: "ended"; readonly reason: RevocationReason }
      ));

/** An account in the administrator's list. */
export interface AccountView {
  readonly accountId: AccountId;
  /** Undefined when it is not known. */
  readonly login: string | undefined;
  readonly connections: number;
}
