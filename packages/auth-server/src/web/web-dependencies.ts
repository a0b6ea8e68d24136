import type { HttpBindings } from "@hono/node-server";
import type { Clock } from "@fjmcp/shared/clock";
import type { SecretDerivation } from "../crypto/secret-derivation.ts";
import type { AuditEvents } from "../audit-events.ts";
import type { LoginFlow } from "../login/login-flow.ts";
import type { ClientDocuments } from "../provider/client-documents/client-documents.ts";
import type { DeviceAuthorizations } from "../provider/device-authorizations.ts";
import type { Instance } from "./instance.ts";
import type { PageContext, PageContextFor } from "./pages/page-context.ts";
import type { PendingAuthorizations } from "../provider/pending-authorizations.ts";
import type { UserCodeAttempts } from "./user-code-attempts.ts";

/** hono's environment: Node's request and response, which oidc-provider needs, and what this request's pages are drawn with. */
export type WebEnv = { Bindings: HttpBindings; Variables: { page: PageContext } };

/** What the routes of the web app use. */
export interface WebDependencies {
  readonly issuer: string;
  readonly secureCookies: boolean;
  readonly instance: Instance;
  readonly pageContextFor: PageContextFor;
  readonly forgejoUrl: string;
  /** Space-separated: the scope that Forgejo grants to every client. */
  readonly forgejoScope: string;
  readonly accessTokenSec: number;
  readonly refreshTokenSec: number;
  readonly pending: PendingAuthorizations;
  readonly devices: Pick<DeviceAuthorizations, "begin">;
  readonly documents: Pick<ClientDocuments, "isPinned">;
  readonly userCodeAttempts: UserCodeAttempts;
  readonly loginFlow: LoginFlow;
  readonly derivation: SecretDerivation;
  readonly events: AuditEvents;
  readonly clock: Clock;
}
