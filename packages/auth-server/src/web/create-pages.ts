import type { HistoryRecorder } from "../grant/history-recorder.ts";
import { createConnectionsLogin, signInAccess } from "../login/connections-login.ts";
import type { ConnectionsSessionStore } from "../login/connections-session-store.ts";
import { createForgejoLeg } from "../login/forgejo-leg.ts";
import { createLoginFlow } from "../login/login-flow.ts";
import type { LoginStateStore } from "../login/login-state-store.ts";
import type { ForgejoApplications } from "../upstream/forgejo-applications.ts";
import { createWebApp } from "./web-app.ts";
import type { WebDeps } from "./web-deps.ts";

type Settings = Pick<
  WebDeps,
  "issuer" | "secureCookies" | "instance" | "accessTokenSec" | "refreshTokenSec"
> & {
  readonly forgejo: {
    readonly url: string;
    readonly application: { readonly scope: string };
    readonly readOnlyApplication: object | undefined;
  };
};

type Given = Pick<
  WebDeps,
  | "pageContextFor"
  | "pending"
  | "devices"
  | "documents"
  | "userCodeAttempts"
  | "connections"
  | "personalTokens"
  | "directory"
  | "history"
  | "sessionDaemon"
  | "describeClient"
  | "derivation"
  | "events"
  | "clock"
>;

/** All pages, with both logins through Forgejo: that of a client, and that to the page of connections. */
export function createPages(
  settings: Settings,
  deps: Given & {
    readonly states: LoginStateStore;
    readonly sessions: ConnectionsSessionStore;
    readonly recorder: Pick<HistoryRecorder, "connected">;
    readonly applications: Pick<ForgejoApplications, "forAccess" | "find" | "loginOf">;
  },
): ReturnType<typeof createWebApp> {
  const { issuer, secureCookies, instance, accessTokenSec, refreshTokenSec, forgejo } = settings;
  const { applications, states, ...given } = deps;
  const leg = createForgejoLeg({
    states,
    applications,
    derivation: deps.derivation,
    secureCookies,
  });
  /** The tokens that the login to the page of connections has brought. */
  const ofSignIn = () => applications.forAccess(signInAccess).tokens;
  return createWebApp({
    ...given,
    issuer,
    secureCookies,
    instance,
    accessTokenSec,
    refreshTokenSec,
    forgejoUrl: forgejo.url,
    forgejoScope: forgejo.application.scope,
    isReadingEnforced: forgejo.readOnlyApplication !== undefined,
    entryOf({ scopes }) {
      if (forgejo.readOnlyApplication === undefined) return undefined;
      return scopes.includes("forgejo:write") ? "write" : "read";
    },
    loginFlow: createLoginFlow({ ...deps, history: deps.recorder, leg }),
    connectionsLogin: createConnectionsLogin({ ...deps, leg }),
    loginOf: (account) => applications.loginOf(account),
    async checkUser(account, access) {
      const application = applications.forAccess(access);
      await application.tokens.check(account);
      return application.missingScope(account);
    },
    isAdministrator: (account) => ofSignIn().isAdministrator(account),
  });
}
