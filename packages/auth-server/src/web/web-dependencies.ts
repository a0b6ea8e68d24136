import type { HttpBindings } from "@hono/node-server";
import type { Derivation } from "../crypto/secret-derivation.ts";
import type { Events } from "../audit-events.ts";
import type { Logins } from "../login/login-flow.ts";
import type { PendingAuthorizations } from "../provider/pending-authorizations.ts";

export type PagesEnv = { Bindings: HttpBindings };

/** What the pages are made of and act on. */
export interface PagesParts {
  readonly issuer: string;
  readonly secureCookies: boolean;
  readonly forgejoUrl: string;
  readonly pending: PendingAuthorizations;
  readonly logins: Logins;
  readonly derivation: Derivation;
  readonly events: Events;
}
