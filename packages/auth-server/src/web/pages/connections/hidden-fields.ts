import { html } from "hono/html";
import type { Html } from "../../html.ts";

/** Inputs that a form sends and its user does not see. */
export function hiddenFields(fields: Readonly<Record<string, string>>): Html[] {
  return Object.entries(fields).map(
    ([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`,
  );
}
