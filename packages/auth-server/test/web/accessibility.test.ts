import t from "tap";
import { accessibilityFaults } from "@fjmcp/testkit/browser/accessibility";
import { skipWithoutChromium, startChromium } from "@fjmcp/testkit/browser/chromium";
import { plainContext, samplePages } from "../support/sample-pages.ts";

t.test("in Chromium", { skip: skipWithoutChromium }, async (t) => {
  const chromium = await startChromium();
  t.teardown(() => chromium.close());
  const page = await chromium.context.newPage();
  const show = async (html: unknown) => page.setContent(String(await html).replace("/favicon.ico", "data:,"));
  const pages = samplePages(plainContext("en"));

  await t.test("axe-core finds nothing on any page", async (t) => {
    for (const [name, html] of Object.entries(pages)) {
      await show(html);
      t.same(await accessibilityFaults(page), [], name);
    }
  });

  for (const [colorScheme, language] of [
    ["dark", "en"],
    ["light", "zh"],
  ] as const) {
    await t.test(`axe-core finds nothing in ${colorScheme} colours, in ${language}`, async (t) => {
      await page.emulateMedia({ colorScheme });
      const all = samplePages(plainContext(language));
      for (const name of ["home", "suspended", "consent", "consent without a choice"]) {
        await show(all[name]);
        t.same(await accessibilityFaults(page), [], name);
      }
    });
  }

  await t.test("axe-core would find a fault", async (t) => {
    await show("<html><body><img src='data:,'></body></html>");
    t.match((await accessibilityFaults(page)).join("\n"), "image-alt");
  });

  await t.test("the keyboard goes through the consent page as it is read", async (t) => {
    await show(pages.consent);
    const order: string[] = [];
    for (;;) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate<string>(`(() => {
        const element = document.activeElement;
        return element === document.body ? "" : element.value || element.textContent.trim();
      })()`);
      if (focused === "" || order.length > 30) break;
      order.push(focused);
    }
    t.same(order, [
      "read",
      "issues",
      "pull-requests",
      "code",
      "releases",
      "notifications",
      "context",
      "More areas (7)",
      "deny",
      "allow",
      "Applications in your settings",
      "sign out there",
    ]);
  });

  await t.test("the consent page has the roles that assistive technology announces", async (t) => {
    await show(pages["consent without a choice"]);
    t.equal(await page.getByRole("main").count(), 1);
    t.equal(await page.getByRole("heading", { level: 1 }).count(), 1);
    t.match(await page.getByRole("alert").textContent(), "Choose “Read only”");
    const levels = page.getByRole("group", { name: "What may it do?" });
    t.equal(await levels.getByRole("radio").count(), 2);
    t.equal(await levels.getByRole("radio", { name: "Read only", exact: false }).count(), 1);
    const areas = page.getByRole("group", { name: "Where?" });
    t.equal(await areas.getByRole("checkbox").count(), 6, "the others are folded away");
    t.same(await page.getByRole("button").allTextContents(), ["Deny", "Allow"]);
  });

  await t.test("every page has one heading of the first level and a title", async (t) => {
    for (const [name, html] of Object.entries(pages)) {
      await show(html);
      t.equal(await page.getByRole("heading", { level: 1 }).count(), 1, name);
      t.ok((await page.title()).length > 5, name);
    }
  });
});
