import { html } from "hono/html";
import { devicePath } from "../../paths.ts";
import { userCodeParameter } from "../../provider/user-code.ts";
import type { Html } from "../html.ts";
import type { DeviceTexts } from "../texts/texts.ts";
import type { UserCodeFault } from "../user-code-fault.ts";
import type { PageContext } from "./page-context.ts";
import { pageLayout } from "./page-layout.ts";

/** What the page for the code of a device shows. */
export interface DeviceCodeView {
  readonly csrf: string;
  /** What stands in the field. */
  readonly userCode: string;
  /** Whether a link has filled it in: then the user must confirm it. */
  readonly isFilledIn: boolean;
  readonly fault?: UserCodeFault | undefined;
}

/** Asks for the code that a device shows (RFC 8628 §3.3), with a warning of codes that someone else sent (§5.4). */
export function deviceCodePage(page: PageContext, view: DeviceCodeView): Html {
  const { csrf, userCode, isFilledIn, fault } = view;
  const { device: texts } = page.texts;
  return pageLayout(
    page,
    { title: texts.title },
    html`<h1>${texts.heading}</h1>
      ${fault === undefined ? "" : html`<p class="warning" role="alert">${texts.faults[fault]}</p>`}
      <p>${isFilledIn ? texts.introFilledIn : texts.intro}</p>
      <form method="post" action="${devicePath}">
        <input type="hidden" name="csrf" value="${csrf}" />
        <label class="field">
          <span>${texts.label}</span>
          <input
            class="code"
            name="${userCodeParameter}"
            value="${userCode}"
            required
            maxlength="20"
            autocomplete="off"
            autocapitalize="characters"
            spellcheck="false"
            placeholder="BCDF-GHJK"
          />
        </label>
        ${isFilledIn ? confirmation(texts) : ""}
        <p class="warning">${texts.warning}</p>
        <button type="submit" class="primary">${texts.submit}</button>
      </form>
      <p class="soft after">${texts.after}</p>`,
  );
}

function confirmation(texts: DeviceTexts): Html {
  return html`<input type="hidden" name="filled_in" value="yes" />
    <fieldset>
      <label class="option alone">
        <input type="checkbox" name="confirmed" value="yes" required />
        <span>${texts.confirm}<small>${texts.confirmAbout}</small></span>
      </label>
    </fieldset>`;
}
