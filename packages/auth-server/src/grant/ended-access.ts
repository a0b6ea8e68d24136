import type { ClientRef } from "@fjmcp/shared/client-ref";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import type { SessionRef } from "@fjmcp/shared/session-ref";

/** What an administrator has ended. */
export type EndedAccess =
  | { readonly kind: "user"; readonly accountId: AccountId; readonly grants: number }
  | {
      readonly kind: "client";
      readonly clientRef: ClientRef;
      /** Undefined: of all accounts. */
      readonly accountId: AccountId | undefined;
      readonly grants: number;
    }
  | { readonly kind: "personal_token"; readonly accountId: AccountId; readonly grantId: GrantId }
  | { readonly kind: "session"; readonly sessionRef: SessionRef }
  | { readonly kind: "worker"; readonly pid: number }
  /** By an administrator of Forgejo, on the page of connections. */
  | {
      readonly kind: "connection";
      readonly administrator: AccountId;
      readonly accountId: AccountId;
      readonly grantId: GrantId;
    };
