import t from "tap";
import { accessibilityFaults } from "@fjmcp/testkit/browser/accessibility";
import { skipWithoutChromium, startChromium } from "@fjmcp/testkit/browser/chromium";
import { plainContext, samplePages } from "../support/sample-pages.ts";

t.test("shows accessible pages in Chromium", { skip: skipWithoutChromium }, async (t) => {
  const chromium = await startChromium();
  t.teardown(() => chromium.close());
  const page = await chromium.context.newPage();
  const show = async (html: unknown) => page.setContent(String(await html).replace("/favicon.ico", "data:,"));
  const pages = samplePages(plainContext("en"));
  const connectionPages = ["connections: several", "personal token: created"];
  /** What the Tab key goes through: the value, the name or the text of each. */
  const focusOrder = async () => {
    const order: string[] = [];
    for (;;) {
      await page.keyboard.press("Tab");
      const focused = await page.evaluate<string>(`(() => {
        const element = document.activeElement;
        if (element === document.body) return "";
        const isTyped = ["text", "number"].includes(element.type);
        return (isTyped ? element.name : element.value) || element.textContent.trim();
      })()`);
      if (focused === "" || order.length > 30) return order;
      order.push(focused);
    }
  };

  await t.test("axe-core finds nothing on any page", async (t) => {
    // The pages of faults of one kind differ in their words only.
    const kinds = Map.groupBy(
      Object.entries(pages),
      ([name]) => /^.*(?:fault|failed)/.exec(name)?.[0] ?? name,
    );
    for (const [[name, html] = ["", ""]] of kinds.values()) {
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
      const consent = ["consent", "consent without a choice", "consent after an earlier choice"];
      for (const name of ["home", "suspended", ...consent, ...connectionPages]) {
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
    t.same(await focusOrder(), [
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
      "Connected applications",
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

  await t.test("the keyboard goes through the pages of connections as they are read", async (t) => {
    await show(pages["connections: several"]);
    t.same(await focusOrder(), [
      "Sign out",
      "Manage",
      "Manage",
      "Manage",
      "Manage",
      "New personal token",
      "Open Forgejo’s settings",
      "Connections of all accounts",
    ]);
    await show(pages["personal token: form"]);
    t.same((await focusOrder()).slice(0, 5), ["Sign out", "name", "days", "read", "issues"]);
    await show(String(await pages["connection: of a client"]).replaceAll("<details open", "<details"));
    t.same(await focusOrder(), [
      "Sign out",
      "Rename",
      "Allow less",
      "Disconnect this application",
      "Back to your connections",
    ]);
  });

  await t.test("the links of the connections say which one each is of", async (t) => {
    await show(pages["connections: several"]);
    const described = await page.evaluate<string[]>(`[...document.querySelectorAll("a[aria-describedby]")]
      .map((one) => document.getElementById(one.getAttribute("aria-describedby")).textContent.trim())`);
    t.equal(new Set(described).size, 4);
    t.match(await page.getByRole("status").textContent(), "Its access has ended");
  });

  await t.test("every page has one heading of the first level and a title", async (t) => {
    for (const [name, html] of Object.entries(pages)) {
      await show(html);
      t.equal(await page.getByRole("heading", { level: 1 }).count(), 1, name);
      t.ok((await page.title()).length > 5, name);
    }
  });
});
