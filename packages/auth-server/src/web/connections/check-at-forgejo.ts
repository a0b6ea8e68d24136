import type { Context } from "hono";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import { LoginRequiredError } from "../../upstream/errors/login-required-error.ts";
import { UpstreamMisconfiguredError } from "../../upstream/errors/upstream-misconfigured-error.ts";
import { UpstreamUnavailableError } from "../../upstream/errors/upstream-unavailable-error.ts";
import { UserNotAllowedError } from "../../upstream/errors/user-not-allowed-error.ts";
import { UserSuspendedError } from "../../upstream/errors/user-suspended-error.ts";
import { connectionsFaultPage } from "../pages/connections/connections-fault-page.ts";
import { signInFailedPage } from "../pages/connections/sign-in-failed-page.ts";
import { suspendedPage } from "../pages/suspended-page.ts";
import { renderPage } from "../render-page.ts";
import type { WebDeps, WebEnv } from "../web-deps.ts";
import type { ConnectionsGuard } from "./connections-guard.ts";

/**
 * Checks something about the signed-in user at Forgejo before `act`. Where Forgejo, or the administrator of this server, does not let the
 * user go on, the response is the page that says so, and `act` is not called. `signIn`: the page for a user without Forgejo
 * tokens, which the next login brings.
 */
export type CheckAtForgejo = <Result>(
  c: Context<WebEnv>,
  check: () => Promise<Result>,
  act: (result: Result) => Response | Promise<Response>,
  signIn?: () => Response | Promise<Response>,
) => Promise<Response>;

export function createCheckAtForgejo(
  { forgejoUrl, events }: Pick<WebDeps, "forgejoUrl" | "events">,
  guard: ConnectionsGuard,
): CheckAtForgejo {
  const signInAgain = (c: Context<WebEnv>) =>
    guard.showSignIn(c, c.req.method === "POST" ? "signed_in_again" : undefined);

  function rejected(
    c: Context<WebEnv>,
    error: unknown,
    signIn: () => Response | Promise<Response>,
  ): Response | Promise<Response> {
    const reference = newErrorReference();
    if (error instanceof UserNotAllowedError) {
      events.loginFailed({ error: "access_denied", detail: "the user is not allowed to sign in", reference });
      return renderPage(c, signInFailedPage(c.var.page, { error: "not_allowed", reference }), {
        status: 403,
      });
    }
    // Its Forgejo tokens ended with its last connection: the next login brings new ones.
    if (error instanceof LoginRequiredError) return signIn();
    if (error instanceof UserSuspendedError) {
      const detail = "Forgejo does not serve this user at present";
      events.loginFailed({ error: "suspended", detail, reference });
      const view = { message: error.message, forgejoUrl, retryUrl: c.req.path, reference };
      return renderPage(c, suspendedPage(c.var.page, view), { status: 403 });
    }
    if (error instanceof UpstreamUnavailableError) {
      events.loginFailed({ error: "temporarily_unavailable", detail: error.message, reference });
      return renderPage(c, connectionsFaultPage(c.var.page, "unavailable", reference), { status: 503 });
    }
    if (error instanceof UpstreamMisconfiguredError) {
      events.loginFailed({ error: "server_error", detail: error.message, reference });
      return renderPage(c, connectionsFaultPage(c.var.page, "misconfigured", reference), { status: 500 });
    }
    throw error;
  }

  return async function checkAtForgejo(c, check, act, signIn = () => signInAgain(c)) {
    let result;
    try {
      result = await check();
    } catch (error) {
      return rejected(c, error, signIn);
    }
    return act(result);
  };
}
