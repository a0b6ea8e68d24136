import type { HistoryRecorder } from "../grant/history-recorder.ts";
import { createConnectionsLogin } from "../login/connections-login.ts";
import type { ConnectionsSessionStore } from "../login/connections-session-store.ts";
import { createForgejoLeg } from "../login/forgejo-leg.ts";
import { createLoginFlow } from "../login/login-flow.ts";
import type { LoginStateStore } from "../login/login-state-store.ts";
import type { Upstream } from "../upstream/upstream.ts";
import { createWebApp } from "./web-app.ts";
import type { WebDependencies } from "./web-dependencies.ts";

type Settings = Pick<
  WebDependencies,
  "issuer" | "secureCookies" | "instance" | "accessTokenSec" | "refreshTokenSec"
> & { readonly forgejo: { readonly url: string; readonly scope: string } };

type Given = Pick<
  WebDependencies,
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
    readonly upstream: Pick<Upstream, "login" | "tokens" | "loginOf">;
  },
): ReturnType<typeof createWebApp> {
  const { issuer, secureCookies, instance, accessTokenSec, refreshTokenSec, forgejo } = settings;
  const { upstream, states, ...given } = deps;
  const leg = createForgejoLeg({
    states,
    forgejo: upstream.login,
    derivation: deps.derivation,
    secureCookies,
  });
  return createWebApp({
    ...given,
    issuer,
    secureCookies,
    instance,
    accessTokenSec,
    refreshTokenSec,
    forgejoUrl: forgejo.url,
    forgejoScope: forgejo.scope,
    loginFlow: createLoginFlow({ ...deps, history: deps.recorder, leg }),
    connectionsLogin: createConnectionsLogin({ ...deps, leg }),
    loginOf: (account) => upstream.loginOf(account),
    checkUser: (account) => upstream.tokens.check(account),
    isAdministrator: (account) => upstream.tokens.isAdministrator(account),
  });
}
