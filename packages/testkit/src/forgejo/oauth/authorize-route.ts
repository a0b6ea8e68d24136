import type { Context, Hono } from "hono";
import type { Instance } from "../instance.ts";
import { consentPage } from "../pages/consent-page.ts";
import { errorPage } from "../pages/error-page.ts";
import { formFields } from "../web/form-fields.ts";
import { redirectToLogin } from "../web/return-cookie.ts";
import type { CodeChallenge } from "./authorization-codes.ts";
import type { OAuthApp } from "./oauth-app.ts";
import { redirectUriIsRegistered, redirectWith } from "./redirect-uri.ts";

/** `GET` and `POST /login/oauth/authorize` (RFC 6749 §4.1.1). There is no `prompt`, `max_age` or `resource`. */
export function addAuthorizeRoute(app: Hono, instance: Instance): void {
  app.get("/login/oauth/authorize", (c) => authorize(c, instance, c.req.query()));
  app.post("/login/oauth/authorize", async (c) => authorize(c, instance, await formFields(c)));
}

function authorize(
  c: Context,
  instance: Instance,
  query: Record<string, string>,
): Response | Promise<Response> {
  const session = instance.browserSessions.of(c);
  const user = session.userId === undefined ? undefined : instance.users.byId(session.userId);
  if (user === undefined) {
    return redirectToLogin(c, `/login/oauth/authorize?${new URLSearchParams(query).toString()}`);
  }

  const app = instance.apps.byClientId(query.client_id ?? "");
  if (app === undefined) return c.html(errorPage(instance, "Client ID not registered"), 400);
  const redirectUri = query.redirect_uri ?? "";
  if (!redirectUriIsRegistered(app, redirectUri)) {
    return c.html(errorPage(instance, "Unregistered Redirect URI"), 400);
  }

  const state = query.state ?? "";
  const error = requestError(app, query);
  if (error !== undefined) return c.redirect(redirectWith(redirectUri, { ...error, state }), 303);

  const pkce = codeChallenge(query);
  const grant = instance.grants.of(user.id, app.id);
  if (app.confidential && grant !== undefined) {
    // No page, and the requested scope is ignored: the reason why fjmcp has a consent page of its own.
    const code = instance.codes.issue({ grantId: grant.id, redirectUri, pkce });
    grant.nonce = query.nonce ?? grant.nonce;
    return c.redirect(redirectWith(redirectUri, { code, state: state || undefined }), 303);
  }

  session.pendingConsent = { clientId: app.clientId, redirectUri, state, pkce };
  return c.html(
    consentPage(instance, {
      app,
      user,
      state,
      scope: query.scope ?? "",
      nonce: query.nonce ?? "",
      redirectUri,
      csrf: session.csrf,
    }),
  );
}

/** RFC 6749 §4.1.2.1, RFC 7636 §4.4.1. */
function requestError(
  app: OAuthApp,
  query: Record<string, string>,
): { error: string; error_description: string } | undefined {
  if (query.response_type !== "code") {
    return {
      error: "unsupported_response_type",
      error_description: "Only code response type is supported.",
    };
  }
  const method = query.code_challenge_method ?? "";
  if (!["", "plain", "S256"].includes(method)) {
    return { error: "invalid_request", error_description: "unsupported code challenge method" };
  }
  if (method === "" && !app.confidential) {
    return { error: "invalid_request", error_description: "PKCE is required for public clients" };
  }
  return undefined;
}

function codeChallenge(query: Record<string, string>): CodeChallenge {
  const method = query.code_challenge_method;
  return method === "plain" || method === "S256"
    ? { method, challenge: query.code_challenge ?? "" }
    : { method: "", challenge: "" };
}
