import type { HttpBindings } from "@hono/node-server";
import type { AccountId, ClientId } from "@fjmcp/shared/ids";
import type { Clock } from "@fjmcp/shared/clock";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { AuditEvents } from "../audit-events.ts";
import type { AccountConnections } from "../grant/account-connections.ts";
import type { AccountHistory } from "../grant/account-history.ts";
import type { GrantDirectory } from "../grant/grant-directory.ts";
import type { GrantedAccess } from "../grant/granted-access.ts";
import type { PersonalTokens } from "../grant/personal-tokens.ts";
import type { SessionDaemon } from "../grant/session-daemon.ts";
import type { ConnectionsLogin } from "../login/connections-login.ts";
import type { ConnectionsSessionStore } from "../login/connections-session-store.ts";
import type { DescribedClient } from "../provider/client-id/describe-client.ts";
import type { LoginFlow } from "../login/login-flow.ts";
import type { ClientDocuments } from "../provider/client-documents/client-documents.ts";
import type { DeviceAuthorizations } from "../provider/device-authorizations.ts";
import type { AccessLevel } from "./consent-offer.ts";
import type { Instance } from "./instance.ts";
import type { PageContext, PageContextFor } from "./pages/page-context.ts";
import type { PendingAuthorizations } from "../provider/pending-authorizations.ts";
import type { UserCodeAttempts } from "./user-code-attempts.ts";

/** hono's environment: Node's request and response, which oidc-provider needs, and what this request's pages are drawn with. */
export type WebEnv = { Bindings: HttpBindings; Variables: { page: PageContext } };

/** What the routes of the web app use. */
export interface WebDeps {
  readonly issuer: string;
  readonly secureCookies: boolean;
  readonly instance: Instance;
  readonly pageContextFor: PageContextFor;
  readonly forgejoUrl: string;
  /** Space-separated: the scope that Forgejo grants to every client. */
  readonly forgejoScope: string;
  /** Whether Forgejo itself rejects the writes of a client that may only read. */
  readonly isReadingEnforced: boolean;
  /** Which of this server's two entries in Forgejo an access rests on; undefined where there is one entry. */
  readonly entryOf: (access: Pick<GrantedAccess, "scopes">) => AccessLevel | undefined;
  readonly accessTokenSec: number;
  readonly refreshTokenSec: number;
  readonly pending: PendingAuthorizations;
  readonly devices: Pick<DeviceAuthorizations, "begin">;
  readonly documents: Pick<ClientDocuments, "isPinned">;
  readonly userCodeAttempts: UserCodeAttempts;
  readonly loginFlow: LoginFlow;
  readonly connectionsLogin: ConnectionsLogin;
  readonly sessions: ConnectionsSessionStore;
  readonly connections: AccountConnections;
  readonly personalTokens: Pick<PersonalTokens, "create">;
  readonly directory: Pick<GrantDirectory, "accounts" | "lastToolsOf">;
  readonly history: AccountHistory;
  readonly sessionDaemon: Pick<SessionDaemon, "sessionsOf">;
  /** What is known of a client by its id. */
  readonly describeClient: (client: ClientId) => Promise<DescribedClient | undefined>;
  /** The login name of an account, as Forgejo last gave it. */
  readonly loginOf: (account: AccountId) => Promise<string | undefined>;
  /**
   * Asks Forgejo now whether the user may sign in, with the tokens that this access would rest on; rejects as UpstreamTokens
   * does. Resolves with what Forgejo has not granted of what they should allow.
   */
  readonly checkUser: (account: AccountId, access: GrantedAccess) => Promise<readonly string[]>;
  /** Asks Forgejo now; rejects as UpstreamTokens does. */
  readonly isAdministrator: (account: AccountId) => Promise<boolean>;
  readonly derivation: SecretDerivation;
  readonly events: AuditEvents;
  readonly clock: Clock;
}
