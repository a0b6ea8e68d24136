import type { Finding } from "@fjmcp/shared/finding";
import type { AccountId, ClientId } from "@fjmcp/shared/ids";
import type { AccountHistory } from "../grant/account-history.ts";
import type { EndedAccess } from "../grant/ended-access.ts";
import type { GrantDirectory } from "../grant/grant-directory.ts";
import type { GrantStore } from "../grant/grant-store.ts";
import type { GrantNarrowing } from "../grant/grant-narrowing.ts";
import type { GrantRevocation } from "../grant/grant-revocation.ts";
import type { PersonalTokens } from "../grant/personal-tokens.ts";
import type { PersonalTokenRequests } from "../provider/personal-token-requests.ts";
import type { KeyUse } from "./list-keys.ts";
import type { AccountStateOf } from "../upstream/tokens/account-state.ts";
import type { HealthChecks } from "../ipc/health-routes.ts";
import type { Scrape } from "../metrics/scrape.ts";

export interface AdminDeps {
  readonly issuer: string;
  readonly forgejoUrl: string;
  readonly controlSocket: string;
  readonly checks: HealthChecks;
  /** What `--check` would find, sockets and the session-daemon aside. */
  readonly inspect: () => Promise<readonly Finding[]>;
  readonly directory: GrantDirectory;
  readonly ownerOf: GrantStore["ownerOf"];
  readonly history: Pick<AccountHistory, "accounts" | "list">;
  readonly stateOf: AccountStateOf;
  readonly keys: KeyUse;
  readonly personalTokens: Pick<PersonalTokens, "list" | "grantOf">;
  readonly personalTokenRequests: PersonalTokenRequests;
  readonly narrowGrant: GrantNarrowing;
  readonly revocation: Pick<GrantRevocation, "revokeAll" | "revokeAccount">;
  /** The login name of an account, as Forgejo last gave it. */
  readonly loginOf: (account: AccountId) => Promise<string | undefined>;
  /** What is known of a client by its id; undefined for an id of another installation. */
  readonly describeClient: (
    client: ClientId,
  ) => Promise<{ readonly name: string; readonly hosts: readonly string[] } | undefined>;
  readonly scrape: Scrape;
  readonly events: {
    accessEnded(ended: EndedAccess): void;
    requestFailed(failure: { path: string; error: unknown; reference?: string }): void;
  };
}
