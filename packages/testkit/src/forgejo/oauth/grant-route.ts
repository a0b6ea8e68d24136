import type { Hono } from "hono";
import type { Instance } from "../instance.ts";
import { errorPage } from "../pages/error-page.ts";
import { formFields } from "../web/form-fields.ts";
import { redirectToLogin } from "../web/return-cookie.ts";
import { forgery } from "../web/request-forgery.ts";
import { redirectWith } from "./redirect-uri.ts";

/** `POST /login/oauth/grant`: the form of the consent page. */
export function addGrantRoute(app: Hono, instance: Instance): void {
  app.post("/login/oauth/grant", async (c) => {
    const session = instance.browserSessions.of(c);
    if (session.userId === undefined) return redirectToLogin(c, "/");
    const form = await formFields(c);
    const rejection = forgery(c, instance, form);
    if (rejection !== undefined) return c.html(errorPage(instance, rejection.message), rejection.status);

    const pending = session.pendingConsent;
    if (
      pending === undefined ||
      pending.clientId !== form.client_id ||
      pending.redirectUri !== form.redirect_uri ||
      pending.state !== form.state
    ) {
      return c.html(errorPage(instance, "Bad Request"), 400);
    }
    const { redirectUri, state, pkce } = pending;
    const fail = (error: string, description: string) =>
      c.redirect(redirectWith(redirectUri, { error, error_description: description, state }), 303);

    if (form.granted !== "true") return fail("access_denied", "the request is denied");
    const client = instance.apps.byClientId(pending.clientId);
    if (client === undefined) return fail("server_error", "cannot find application");

    const scope = form.scope ?? "";
    const grant =
      instance.grants.of(session.userId, client.id) ??
      instance.grants.create({ userId: session.userId, appId: client.id, scope });
    if (grant.scope !== scope) return fail("server_error", "a grant exists with different scope");
    grant.nonce = form.nonce || grant.nonce;
    const code = instance.codes.issue({ grantId: grant.id, redirectUri, pkce });
    return c.redirect(redirectWith(redirectUri, { code, state: state || undefined }), 303);
  });
}
