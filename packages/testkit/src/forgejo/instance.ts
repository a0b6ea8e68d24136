import type { Faults } from "./faults.ts";
import type { AuthorizationCodes } from "./oauth/authorization-codes.ts";
import type { CounterRace } from "./oauth/counter-race.ts";
import type { Grants } from "./oauth/grants.ts";
import type { OAuthApps } from "./oauth/oauth-app.ts";
import type { TokenSigner } from "./oauth/token-signer.ts";
import type { Repositories } from "./repositories/repositories.ts";
import type { SandboxSettings } from "./settings.ts";
import type { Users } from "./users.ts";
import type { BrowserSessions } from "./web/browser-session.ts";

/** The whole state of one running sandbox; the routes read and write it. */
export interface Instance {
  /** ROOT_URL without its trailing slash; the OAuth issuer. */
  readonly url: string;
  readonly settings: SandboxSettings;
  readonly users: Users;
  readonly apps: OAuthApps;
  readonly grants: Grants;
  /** Personal access tokens. */
  readonly accessTokens: Map<string, { readonly userId: number; readonly scope: string }>;
  readonly counterRace: CounterRace;
  readonly codes: AuthorizationCodes;
  readonly signer: TokenSigner;
  readonly browserSessions: BrowserSessions;
  readonly repositories: Repositories;
  readonly faults: Faults;
  readonly counts: SandboxCounts;
}

/** Counts of token endpoint requests. */
export interface SandboxCounts {
  /** Successful code exchanges. */
  codeExchanges: number;
  /** Successful refreshes. */
  refreshes: number;
  /** Refreshes that got an error. */
  rejectedRefreshes: number;
}
