import t from "tap";
import { skipWithoutChromium, startChromium } from "../../src/browser/chromium.ts";

t.test("opens a page in a fresh profile", { skip: skipWithoutChromium }, async (t) => {
  const browser = await startChromium();
  t.teardown(() => browser.close());
  const page = await browser.context.newPage();
  await page.setContent("<h1>Here</h1>");
  t.equal(await page.textContent("h1"), "Here");
});
