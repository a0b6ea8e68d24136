import { html } from "hono/html";
import type { Instance } from "../instance.ts";
import type { OAuthApp } from "../oauth/oauth-app.ts";
import { effectiveScopes } from "../oauth/scope.ts";
import type { SandboxUser } from "../users.ts";
import { csrfField, page } from "./page.ts";

export interface ConsentRequest {
  readonly app: OAuthApp;
  readonly user: SandboxUser;
  readonly state: string;
  readonly scope: string;
  readonly nonce: string;
  readonly redirectUri: string;
  readonly csrf: string;
}

export function consentPage(instance: Instance, request: ConsentRequest) {
  const { app, user } = request;
  return page(
    `Authorize “${app.name}”?`,
    html`<p>You are signed in as <strong>${user.name}</strong>.</p>
      <p>
        The application would get access to your account:
        <code>${[...effectiveScopes(request.scope)].join(" ")}</code>.
      </p>
      <p>You will be sent to <code>${request.redirectUri}</code>.</p>
      <form method="post" action="/login/oauth/grant">
        ${csrfField(instance.settings, request.csrf)}
        <input type="hidden" name="client_id" value="${app.clientId}" />
        <input type="hidden" name="state" value="${request.state}" />
        <input type="hidden" name="scope" value="${request.scope}" />
        <input type="hidden" name="nonce" value="${request.nonce}" />
        <input type="hidden" name="redirect_uri" value="${request.redirectUri}" />
        <button type="submit" name="granted" value="true">Authorize application</button>
        <button type="submit" name="granted" value="false">Cancel</button>
      </form>`,
  );
}
