import t, { type Test } from "tap";
import { skipWithoutChromium, startChromium } from "@fjmcp/testkit/browser/chromium";
import { contrast, lines, overflowing } from "../support/rendered-page.ts";
import { homePage } from "../../src/web/pages/home-page.ts";
import { suspendedPage } from "../../src/web/pages/suspended-page.ts";
import { mcpUrl, plainContext, samplePages, targetHost } from "../support/sample-pages.ts";

const context = plainContext("en");
/** Its first label is longer than a line of a small screen. */
const longHost = "charitable-knowing-subscription-tomato-of-an-organisation.example.org";
const pages: ReturnType<typeof samplePages> = {
  ...samplePages(context),
  "home with a long label": homePage(context, { mcpUrl: `https://${longHost}/mcp`, forgejoHost: longHost }),
  "suspended with a long label": suspendedPage(context, {
    message: `You must change your password. Change it at: https://${longHost}/user/settings`,
    forgejoUrl: `https://${longHost}`,
    retryUrl: "/",
    reference: "ABCDEFGH12",
  }),
};

t.test("lays pages out in Chromium", { skip: skipWithoutChromium }, async (t) => {
  const chromium = await startChromium();
  t.teardown(() => chromium.close());
  const page = await chromium.context.newPage();

  async function show(name: string, width: number): Promise<void> {
    await page.setViewportSize({ width, height: 700 });
    // The icon needs a server.
    await page.setContent(String(await pages[name]).replace("/favicon.ico", "data:,"));
  }

  for (const width of [1280, 390, 320]) {
    await t.test(`never scrolls sideways at ${width} px`, async (t) => {
      for (const name of Object.keys(pages)) {
        await show(name, width);
        t.ok((await page.evaluate<number>("document.documentElement.scrollWidth")) <= width, name);
        t.same(await overflowing(page), [], name);
      }
    });

    await t.test(`breaks no host and no URL in mid-word at ${width} px`, async (t) => {
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

  await t.test("has all text in the size that the browser is set to (WCAG 2.2 §1.4.4)", async (t) => {
    const sizes = () =>
      page.evaluate<number[]>(`[...document.querySelectorAll("body, main *")]
        .filter(({ type }) => !["hidden", "checkbox", "radio"].includes(type))
        .map((one) => Math.round(parseFloat(getComputedStyle(one).fontSize) * 100) / 100)`);
    for (const name of Object.keys(pages)) {
      await show(name, 390);
      const plain = await sizes();
      await page.evaluate("document.documentElement.style.fontSize = '200%'");
      const doubled = await sizes();
      t.equal(doubled.length, plain.length);
      const small = doubled.filter((size, index) => size < plain[index]! * 2 - 0.02);
      t.same(small, [], name);
    }
  });

  await t.test("draws all of a name, the longest one and one in text of twice the size", async (t) => {
    for (const [name, size, width] of [
      ["M".repeat(80), "100%", 320],
      ["国".repeat(80), "100%", 320],
      ["Claude Code (forgejo), laptop", "200%", 390],
    ] as const) {
      await show("consent", width);
      const hidden = await page.evaluate<number>(`(() => {
        document.documentElement.style.fontSize = "${size}";
        const box = document.querySelector(".client-name");
        box.textContent = "${name}";
        return box.scrollHeight - box.clientHeight;
      })()`);
      t.equal(hidden, 0, `${name} at ${size}`);
    }
  });

  await t.test("draws nothing of a name outside its box", async (t) => {
    await show("consent with stacked marks", 320);
    const clip = await page.evaluate("getComputedStyle(document.querySelector('.client-name')).overflow");
    t.equal(clip, "clip");
    const text = await page.locator(".client-name").textContent();
    t.ok(/^\p{L}\p{M}{0,3}\p{L}\p{M}{0,3}lgo$/u.test(text!), text!);
  });

  await t.test("follows the colour scheme, with text that can be read", async (t) => {
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

  await t.test("puts the step that helps first on the page about a missing scope", async (t) => {
    await show("insufficient scope: write", 390);
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
