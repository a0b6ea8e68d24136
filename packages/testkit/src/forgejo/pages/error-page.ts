import { html } from "hono/html";
import type { Instance } from "../instance.ts";
import { page } from "./page.ts";

export function errorPage(instance: Instance, message: string) {
  return page(
    "That did not work",
    html`<p class="error">${message}</p>
      <p><a href="${instance.url}/">Start page</a></p>`,
  );
}
