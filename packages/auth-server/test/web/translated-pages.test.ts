import t from "tap";
import { skipWithoutChromium, startChromium } from "@fjmcp/testkit/browser/chromium";
import { languages } from "../../src/web/texts/languages.ts";
import { authorizationRequest, register } from "../support/client.ts";
import { overflowing } from "../support/rendered-page.ts";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { plainContext, samplePages } from "../support/sample-pages.ts";

t.test("serves pages in the reader's language, and says that they vary by it", async (t) => {
  const setup = await setUpAuthServer(t);
  const origin = await setup.serve();
  const consent = authorizationRequest(origin, await register(origin));
  const faulty = authorizationRequest(origin, await register(origin), { prompt: "none" });
  const headers = { "accept-language": "de-CH,de;q=0.9,en;q=0.8", accept: "text/html" };
  const started = await fetch(consent.url, { headers, redirect: "manual" });
  const cookie = started.headers.getSetCookie().map((one) => one.split(";")[0]);
  const { de } = languages;
  for (const [url, words] of [
    [`${origin}/`, de!.home.heading],
    [new URL(started.headers.get("location")!, origin), de!.consent.heading],
    [`${origin}/oauth/interaction/unknown`, de!.loginFaults.finished.title],
    [faulty.url, de!.authorizationFaults.no_page.title],
    [`${origin}/nowhere`, de!.notFound.title],
  ] as const) {
    const response = await fetch(url, { headers: { ...headers, cookie: cookie.join("; ") } });
    const html = await response.text();
    t.match(html, `<html lang="de">`, String(url));
    t.match(html, `<h1>${words}</h1>`, String(url));
    t.match(response.headers.get("vary"), /accept-language/i, String(url));
    t.match(response.headers.get("cache-control"), "no-store", String(url));
  }
  const location = new URL(started.headers.get("location")!, origin);
  const german = await fetch(location, { headers: { ...headers, cookie: cookie.join("; ") } });
  t.match(await german.text(), "wenn er 30 Tage lang nicht genutzt wurde");
});

t.test("shows pages in each language in Chromium", { skip: skipWithoutChromium }, async (t) => {
  const chromium = await startChromium();
  t.teardown(() => chromium.close());
  const page = await chromium.context.newPage();
  await page.setViewportSize({ width: 320, height: 700 });

  for (const language of Object.keys(languages)) {
    await t.test(`no page overflows at 320 px in ${language}`, async (t) => {
      for (const [name, html] of Object.entries(samplePages(plainContext(language)))) {
        await page.setContent(String(await html).replace("/favicon.ico", "data:,"));
        const width = await page.evaluate<number>("document.documentElement.scrollWidth");
        t.ok(width <= 320, `${name}: ${width}`);
        t.same(await overflowing(page), [], name);
      }
    });
  }

  await page.setViewportSize({ width: 390, height: 700 });
  for (const language of Object.keys(languages)) {
    await t.test(`no page scrolls sideways with text of twice the size in ${language}`, async (t) => {
      for (const [name, html] of Object.entries(samplePages(plainContext(language)))) {
        await page.setContent(String(await html).replace("/favicon.ico", "data:,"));
        await page.evaluate("document.documentElement.style.fontSize = '200%'");
        const width = await page.evaluate<number>("document.documentElement.scrollWidth");
        t.ok(width <= 390, `${name}: ${width}`);
      }
    });
  }
});
