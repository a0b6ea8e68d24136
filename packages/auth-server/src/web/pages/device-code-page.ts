import { html } from "hono/html";
import { devicePath } from "../../paths.ts";
import { userCodeParameter } from "../../provider/user-code.ts";
import { deviceTexts, type UserCodeFault } from "./device-texts.ts";
import { pageLayout, type Html } from "./page-layout.ts";

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
export function deviceCodePage({ csrf, userCode, isFilledIn, fault }: DeviceCodeView): Html {
  return pageLayout(
    deviceTexts.title,
    html`<p class="brand">fjmcp</p>
      <h1>${deviceTexts.heading}</h1>
      ${fault === undefined ? "" : html`<p class="warning" role="alert">${deviceTexts.faults[fault]}</p>`}
      <p>${isFilledIn ? deviceTexts.introFilledIn : deviceTexts.intro}</p>
      <form method="post" action="${devicePath}">
        <input type="hidden" name="csrf" value="${csrf}" />
        <label class="field">
          <span>${deviceTexts.label}</span>
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
        ${isFilledIn ? confirmation() : ""}
        <p class="warning">${deviceTexts.warning}</p>
        <button type="submit" class="primary">${deviceTexts.submit}</button>
      </form>
      <p class="soft after">${deviceTexts.after}</p>`,
  );
}

function confirmation(): Html {
  return html`<input type="hidden" name="filled_in" value="yes" />
    <fieldset>
      <label class="option alone">
        <input type="checkbox" name="confirmed" value="yes" required />
        <span>${deviceTexts.confirm}<small>${deviceTexts.confirmAbout}</small></span>
      </label>
    </fieldset>`;
}
