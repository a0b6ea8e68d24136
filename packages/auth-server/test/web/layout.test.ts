import t, { type Test } from "tap";
import { skipWithoutChromium, startChromium } from "@fjmcp/testkit/browser/chromium";
import { scopes, type Scope } from "@fjmcp/shared/oauth/mcp-resource";
import type { ConsentFault } from "../../src/web/consent-choice.ts";
import { contrast, lines, overflowing } from "../support/rendered-page.ts";
import { consentOffer } from "../../src/web/consent-offer.ts";
import { initialChoice } from "../../src/web/pages/consent-choices.ts";
import { consentPage } from "../../src/web/pages/consent-page.ts";
import { deviceCodePage } from "../../src/web/pages/device-code-page.ts";
import { deviceResultPage } from "../../src/web/pages/device-result-page.ts";
import { errorPage } from "../../src/web/pages/error-page.ts";
import { homePage } from "../../src/web/pages/home-page.ts";
import { insufficientScopePage } from "../../src/web/pages/insufficient-scope-page.ts";
import { loginFaultPage } from "../../src/web/pages/login-fault-page.ts";
import { notFoundPage } from "../../src/web/pages/not-found-page.ts";
import type { Html } from "../../src/web/pages/page-layout.ts";
import { suspendedPage } from "../../src/web/pages/suspended-page.ts";
import type { PendingAuthorization } from "../../src/provider/pending-authorizations.ts";
import { suggestedForgejoScope } from "../../src/upstream/forgejo/forgejo-scope.ts";

const mcpUrl = "https://forgejo-mcp.assistants.example-organisation.org/mcp";
const forgejoUrl = "https://code.forgejo.example-organisation.org";
const reference = "ABCDEFGH12";
const marks = "\u0300\u0323\u0302\u0330".repeat(20);
const targetHost = "mcp.example-organisation.org:8443";

function consent(
  clientName: string,
  redirectUri = `https://${targetHost}/oauth/callback?client=desktop&x=1`,
  {
    requested = scopes,
    fault,
    clientId = "id",
  }: { requested?: readonly Scope[]; fault?: ConsentFault; clientId?: string } = {},
) {
  const pending = { clientId, clientName, redirectUri, mayRefresh: true } as PendingAuthorization;
  const offer = consentOffer(requested, suggestedForgejoScope);
  const submitted = fault && { choice: initialChoice(offer), fault };
  return consentPage({
    pending,
    forgejoUrl,
    offer,
    lifetimeSec: 30 * 86_400,
    action: "/",
    csrf: "",
    ...(submitted && { submitted }),
  });
}

const faults = [
  "no_login",
  "other_browser",
  "cookies_blocked",
  "finished",
  "expired",
  "clock_changed",
] as const;
const pages: Record<string, Html> = {
  home: homePage({ mcpUrl, forgejoHost: new URL(forgejoUrl).host }),
  "not found": notFoundPage({ mcpUrl }),
  "device code": deviceCodePage({ csrf: "", userCode: "", isFilledIn: false, fault: "unknown_code" }),
  "device code of a link": deviceCodePage({ csrf: "", userCode: "BCDF-GHJK", isFilledIn: true }),
  "device result": deviceResultPage("temporarily_unavailable"),
  error: errorPage({ title: "Something went wrong", detail: "It did not work.", reference }),
  "insufficient scope": insufficientScopePage({
    missing: ["write:organization", "private repositories"],
    forgejoUrl,
    retryUrl: "/",
    reference,
  }),
  suspended: suspendedPage({
    message:
      "You must change your password. Change it at: https://code.forgejo.example-organisation.org/user/settings",
    forgejoUrl,
    retryUrl: "/",
    reference,
  }),
  "error with a link to the client": errorPage({
    title: "This client's request is not valid",
    detail: "It is faulty.",
    reference,
    back: { redirectUri: `https://${targetHost}/oauth/callback`, href: "/" },
  }),
  consent: consent("Claude"),
  "consent to read": consent("Claude", "cursor://anysphere.cursor-mcp/oauth/callback", {
    requested: ["forgejo:read"],
  }),
  "consent to a client with a document": consent("Claude", "https://claude.ai/api/mcp/auth_callback", {
    clientId: "https://claude.ai/oauth/mcp-oauth-client-metadata",
  }),
  "consent without a choice": consent("Claude", "http://localhost:3118/callback", { fault: "no_level" }),
  "consent with a long name": consent("x".repeat(200)),
  "consent with stacked marks": consent(`Z${marks}a${marks}lgo`),
  "consent with a label of 63 characters": consent("Claude", `https://${"l".repeat(63)}.example/callback`),
  ...Object.fromEntries(
    faults.map((fault) => [
      fault,
      loginFaultPage(fault, { host: new URL(mcpUrl).host, forgejoUrl, reference }),
    ]),
  ),
};

t.test("pages in Chromium", { skip: skipWithoutChromium }, async (t) => {
  const chromium = await startChromium();
  t.teardown(() => chromium.close());
  const page = await chromium.context.newPage();

  async function show(name: string, width: number): Promise<void> {
    await page.setViewportSize({ width, height: 700 });
    // The icon needs a server.
    await page.setContent(String(await pages[name]).replace("/favicon.ico", "data:,"));
  }

  for (const width of [1280, 390, 320]) {
    await t.test(`never scroll sideways at ${width} px`, async (t) => {
      for (const name of Object.keys(pages)) {
        await show(name, width);
        t.ok((await page.evaluate<number>("document.documentElement.scrollWidth")) <= width, name);
        t.same(await overflowing(page), [], name);
      }
    });

    await t.test(`break no host and no URL in mid-word at ${width} px`, async (t) => {
      await show("consent", width);
      const [host, ...others] = await lines(page, ".target");
      t.equal([host, ...others].join(""), targetHost);
      for (const line of others) t.match(line, /^[.:]/, "a further line starts with a dot or the port");
      t.equal(others.length === 0, width > 390, "one line where it fits");
      const uri = await lines(page, ".uri");
      t.ok(uri.join("").startsWith(`https://${targetHost}/`));
      checkBreaks(t, uri, /[/?&=]$/);
      await show("suspended", width);
      const sentence = await lines(page, "strong");
      checkBreaks(t, sentence.slice(sentence.findIndex((line) => line.startsWith("https:"))), /\/$/);
      for (const name of ["home", "not found"]) {
        await show(name, width);
        const url = await lines(page, ".url");
        t.equal(url.join(""), mcpUrl);
        checkBreaks(t, url, /\/$/);
      }
    });
  }

  await t.test("draw nothing of a name outside its box", async (t) => {
    await show("consent with stacked marks", 320);
    const clip = await page.evaluate("getComputedStyle(document.querySelector('.client-name')).overflow");
    t.equal(clip, "clip");
    const text = await page.locator(".client-name").textContent();
    t.ok(/^\p{L}\p{M}{0,3}\p{L}\p{M}{0,3}lgo$/u.test(text!), text!);
  });

  await t.test("follow the colour scheme, with text that can be read", async (t) => {
    await show("consent", 390);
    const grounds = new Set<string>();
    for (const colorScheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme });
      for (const selector of [
        "h1",
        ".soft",
        ".uri",
        ".tag",
        ".client-name",
        "small",
        "summary",
        "button.primary",
      ]) {
        t.ok((await contrast(page, selector)) >= 4.5, `${selector}, ${colorScheme}`);
      }
      grounds.add(await page.evaluate<string>("getComputedStyle(document.body).backgroundColor"));
    }
    t.equal(grounds.size, 2);
  });

  await t.test("put the step that helps first on the page about a missing scope", async (t) => {
    await show("insufficient scope", 390);
    t.same(await page.locator("ol .button").allTextContents(), ["Open Forgejo’s settings", "Try again"]);
    t.equal(await page.locator(".primary").textContent(), "Open Forgejo’s settings");
  });
});

/** Each further line of a URL starts with a dot or the port of its host, or the line before ends with `end`. */
function checkBreaks(t: Test, url: readonly string[], end: RegExp): void {
  for (const [index, line] of url.slice(1).entries()) {
    t.ok(/^[.:]/.test(line) || end.test(url[index]!), `${url[index]!} | ${line}`);
  }
}
