import { randomBytes } from "node:crypto";
import type { Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { getCookie, setCookie } from "hono/cookie";
import { newErrorReference } from "@fjmcp/shared/error-reference";
import { sha256Hex } from "@fjmcp/shared/hash";
import { hostCookieName, hostCookieOptions } from "../host-cookie.ts";
import { devicePath } from "../paths.ts";
import { userCodeParameter } from "../provider/user-code.ts";
import type { SubmittedForm } from "./consent-choice.ts";
import { createConsentForms } from "./consent-forms.ts";
import { deviceCodePage, type DeviceCodeView } from "./pages/device-code-page.ts";
import { durationText } from "./pages/duration-text.ts";
import { errorPage } from "./pages/error-page.ts";
import { ownForms, renderPage } from "./render-page.ts";
import { createIsSameOrigin } from "./same-origin.ts";
import { pauseSec } from "./user-code-attempts.ts";
import type { UserCodeFault } from "./user-code-fault.ts";
import type { WebDeps, WebEnv } from "./web-deps.ts";

const maxFormBytes = 4096;
const maxShownLength = 20;
/** How long a browser is recognised by its cookie. */
const browserSec = 1800;

/** The page where a user types the code of a device (RFC 8628 §3.3); a known code leads to its consent page. */
export function deviceRoutes(app: Hono<WebEnv>, deps: WebDeps): void {
  const { secureCookies: secure, devices, userCodeAttempts: attempts, events } = deps;
  const cookieName = hostCookieName("device", secure);
  const forms = createConsentForms(deps.derivation, deps.clock);
  const isSameOrigin = createIsSameOrigin(deps.issuer);

  const show = (c: Context<WebEnv>, view: Omit<DeviceCodeView, "csrf">) => {
    const browser = getCookie(c, cookieName) ?? randomBytes(32).toString("base64url");
    setCookie(c, cookieName, browser, { ...hostCookieOptions(secure), maxAge: browserSec });
    const page = deviceCodePage(c.var.page, { ...view, csrf: forms.issue(formOf(browser)) });
    return renderPage(c, page, {
      ...ownForms,
      ...(view.fault !== undefined && { status: 400 }),
    });
  };

  app.get(devicePath, (c) => {
    const userCode = (c.req.query(userCodeParameter) ?? "").slice(0, maxShownLength);
    return show(c, { userCode, isFilledIn: userCode !== "" });
  });

  app.post(devicePath, bodyLimit({ maxSize: maxFormBytes }), async (c) => {
    const form: SubmittedForm = await c.req.parseBody().catch(() => ({}));
    const sent = form[userCodeParameter];
    const userCode = typeof sent === "string" ? sent : "";
    const isFilledIn = form.filled_in === "yes";
    const again = (fault: UserCodeFault) =>
      show(c, { userCode: userCode.slice(0, maxShownLength), isFilledIn, fault });

    const browser = getCookie(c, cookieName);
    const isOwnForm = browser !== undefined && forms.verify(formOf(browser), form.csrf) !== undefined;
    if (!isOwnForm || !isSameOrigin(c)) return again("expired");
    if (isFilledIn && form.confirmed !== "yes") return again("not_confirmed");

    if (!(await attempts.claim(sha256Hex(browser)))) return paused(c);
    const consentPath = await devices.begin(c.env.incoming, c.env.outgoing, userCode);
    if (consentPath === undefined) {
      events.userCodeRejected({ paused: false, reference: newErrorReference() });
      return again("unknown_code");
    }
    await attempts.giveBack(sha256Hex(browser));
    return c.redirect(consentPath, 303);
  });

  function paused(c: Context<WebEnv>) {
    const reference = newErrorReference();
    events.userCodeRejected({ paused: true, reference });
    c.header("retry-after", String(pauseSec));
    const { texts } = c.var.page;
    const { title, detail, advice } = texts.device.paused;
    const fault = { title, detail, advice: advice(durationText(pauseSec, texts.tag)) };
    return renderPage(c, errorPage(c.var.page, { fault, reference }), { status: 429 });
  }
}

/** The CSRF tokens of this page are bound to its browser. */
function formOf(browser: string): string {
  return `device.${browser}`;
}
