import { html } from "hono/html";
import type { Instance } from "../instance.ts";
import type { ForgejoGrant } from "../oauth/grants.ts";
import { csrfField, page } from "./page.ts";

/** The one page where a user revokes a grant. */
export function settingsPage(instance: Instance, grants: readonly ForgejoGrant[], csrf: string) {
  return page(
    "Authorized applications",
    html`<p>
        These applications have access to your account. Revoking one invalidates all its tokens at once.
      </p>
      ${grants.length === 0 ? html`<p>None.</p>` : ""}
      ${grants.map(
        (grant) =>
          html`<form method="post" action="/user/settings/applications/oauth2/revoke">
            ${csrfField(instance.settings, csrf)}
            <input type="hidden" name="grant" value="${String(grant.id)}" />
            <strong>${instance.apps.byId(grant.appId)?.name}</strong>: <code>${grant.scope}</code>
            <button type="submit">Revoke</button>
          </form>`,
      )}`,
  );
}
