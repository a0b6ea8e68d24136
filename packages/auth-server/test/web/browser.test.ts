import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { Page } from "playwright-core";
import t from "tap";
import { skipWithoutChromium, startChromium } from "@fjmcp/testkit/browser/chromium";
import { setUpAuthServer } from "../support/auth-server-setup.ts";
import { authorizationRequest, redeem, register, type Registered } from "../support/client.ts";

t.test("works in Chromium", { skip: skipWithoutChromium }, async (t) => {
  const setup = await setUpAuthServer(t);
  const origin = await setup.serve();
  const chromium = await startChromium();
  t.teardown(() => chromium.close());
  // A native client, listening for its redirect on a port that it did not register.
  const listener = createServer((req, res) => {
    res.setHeader("content-type", "text/html");
    res.end(decodeURIComponent(req.url!.split("?")[1] ?? ""));
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  t.teardown(() => listener.close());
  const callback = `http://127.0.0.1:${(listener.address() as AddressInfo).port}/callback`;
  const native = {
    ...(await register(origin, { redirect_uris: ["http://127.0.0.1/callback"] })),
    redirectUri: callback,
  };
  // No server listens there: only the browser's request matters.
  const web = await register(origin, { redirect_uris: ["https://localhost:1/callback"] });

  /** A tab, with the policy violations and dialogs that the browser reports. */
  async function newTab(): Promise<{ page: Page; complaints: string[] }> {
    const page = await chromium.context.newPage();
    const complaints: string[] = [];
    page.on("console", (message) => {
      const isPolicy = /security policy|refused/i.test(message.text());
      if (message.type() === "error" && isPolicy) complaints.push(message.text());
    });
    page.on("dialog", (dialog) => {
      complaints.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    return { page, complaints };
  }

  async function decide(page: Page, client: Registered, button: "Allow" | "Deny") {
    const request = authorizationRequest(origin, client);
    await page.goto(request.url.href);
    if (button === "Allow") await page.getByRole("radio", { name: "Read and write" }).check();
    await page.getByRole("button", { name: button, exact: true }).click({ noWaitAfter: true });
    return request;
  }

  /** Resolves with the query of the browser's request to the client. Call it before the click. */
  async function arrival(page: Page, client: Registered): Promise<URLSearchParams> {
    const request = await page.waitForRequest((request) => request.url().startsWith(client.redirectUri));
    return new URL(request.url()).searchParams;
  }

  await t.test(
    "continues to Forgejo's login and consent, then to the client, when signed out of Forgejo",
    async (t) => {
      const { page, complaints } = await newTab();
      const arrived = arrival(page, native);
      const request = await decide(page, native, "Allow");
      const [alice] = setup.forgejo.users;
      await page.locator("[name=user_name]").fill(alice!.name);
      await page.locator("[name=password]").fill(alice!.password);
      await page.locator("[name=password]").press("Enter");
      await page.locator("[name=granted][value=true]").click();
      const back = await arrived;
      t.equal(back.get("state"), request.state);
      t.equal(back.get("iss"), origin);
      const code = { ...native, code: back.get("code")!, verifier: request.verifier };
      t.equal((await redeem(origin, code)).status, 200);
      t.same(complaints, []);
    },
  );

  for (const [kind, client] of [
    ["a loopback client", native],
    ["a web client", web],
  ] as const) {
    await t.test(`needs one click to ${kind} when signed in`, async (t) => {
      const { page, complaints } = await newTab();
      const arrived = arrival(page, client);
      const request = await decide(page, client, "Allow");
      const back = await arrived;
      t.equal(back.get("state"), request.state);
      const code = { ...client, code: back.get("code")!, verifier: request.verifier };
      t.equal((await redeem(origin, code)).status, 200);
      t.same(complaints, []);
    });

    await t.test(`returns to ${kind} at once on Deny`, async (t) => {
      const { page, complaints } = await newTab();
      const arrived = arrival(page, client);
      const request = await decide(page, client, "Deny");
      const back = await arrived;
      t.match(Object.fromEntries(back), { error: "access_denied", state: request.state, iss: origin });
      t.same(complaints, []);
    });
  }

  /** The middle of Allow, where a window over the page would have its own bait. */
  async function placeOfAllow(page: Page) {
    const box = (await page.getByRole("button", { name: "Allow", exact: true }).boundingBox())!;
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  /** The paths of all forms that the tab sends. */
  function submissions(page: Page): string[] {
    const paths: string[] = [];
    page.on("request", (request) => {
      if (request.method() === "POST") paths.push(new URL(request.url()).pathname);
    });
    return paths;
  }

  async function newLogins(before: readonly string[]): Promise<string[]> {
    return (await setup.admin.keys("login-state:*")).filter((key) => !before.includes(key));
  }

  await t.test("submits nothing at two quick clicks at the place of Allow", async (t) => {
    const { page } = await newTab();
    const sent = submissions(page);
    const states = await setup.admin.keys("login-state:*");
    await page.goto(authorizationRequest(origin, web).url.href);
    const { x, y } = await placeOfAllow(page);
    await page.mouse.dblclick(x, y);
    await page.mouse.click(x, y);
    await page.mouse.click(x, y, { clickCount: 2 });
    t.match(page.url(), "/oauth/interaction/");
    t.same(sent, []);
    t.equal(await page.locator("[name=access]:checked").count(), 0);
    t.same(await newLogins(states), []);
  });

  await t.test(
    "submits nothing at two clicks of which a window over the page caught the first",
    async (t) => {
      const { page } = await newTab();
      const sent = submissions(page);
      await page.goto(authorizationRequest(origin, web).url.href);
      const { x, y } = await placeOfAllow(page);
      const opened = page.context().waitForEvent("page");
      await page.evaluate("void window.open('about:blank', 'bait', 'popup,width=300,height=300')");
      const bait = await opened;
      await bait.setContent(
        "<button onpointerdown='window.close()' style='position:fixed;inset:0'>Twice</button>",
      );
      await bait.mouse.click(150, 150).catch(() => undefined);
      await page.mouse.click(x, y);
      t.match(page.url(), "/oauth/interaction/");
      t.same(sent, []);
    },
  );

  for (const keys of [
    ["Enter", "Enter"],
    ["Space", "Enter"],
    ["Tab", "Space", "Enter"],
  ]) {
    await t.test(`starts no login at ${keys.join(", ")} on the page as it loads`, async (t) => {
      const { page } = await newTab();
      const states = await setup.admin.keys("login-state:*");
      await page.goto(authorizationRequest(origin, native).url.href);
      for (const key of keys) await page.keyboard.press(key);
      // Deny comes first, so that it is what Enter can reach; Allow needs the choice.
      await page.waitForLoadState();
      t.same(await newLogins(states), []);
    });
  }

  await t.test("offers Deny first, and without a choice", async (t) => {
    const { page } = await newTab();
    await page.goto(authorizationRequest(origin, native).url.href);
    t.same(await page.getByRole("button").allTextContents(), ["Deny", "Allow"]);
    t.equal(await page.locator("[name=access]:checked, input[autofocus], button[autofocus]").count(), 0);
    const arrived = arrival(page, native);
    await page.getByRole("button", { name: "Deny" }).click({ noWaitAfter: true });
    t.equal((await arrived).get("error"), "access_denied");
  });

  await t.test("shows what was chosen before, and chooses nothing by it", async (t) => {
    const { page: earlier } = await newTab();
    const arrived = arrival(earlier, native);
    await decide(earlier, native, "Allow");
    await arrived;
    // In the tab of before, the navigation to the client may not have ended.
    const { page } = await newTab();
    await page.goto(authorizationRequest(origin, native).url.href);
    const sentence = page.getByText("an application that looked the same here was allowed in this browser");
    t.match(await sentence.textContent(), /: Read and write \(Issues, .*\)\. Choose again below\./);
    t.equal(await page.locator("[name=access]:checked").count(), 0);
    const states = await setup.admin.keys("login-state:*");
    await page.getByRole("button", { name: "Allow", exact: true }).click();
    t.same(await newLogins(states), [], "Allow still needs the choice");
  });

  await t.test("keeps a client's pop-up connected to the window that opened it", async (t) => {
    const { page } = await newTab();
    await page.goto(`${callback}?`);
    const opened = page.waitForEvent("popup");
    await page.evaluate(`void window.open(${JSON.stringify(authorizationRequest(origin, native).url.href)})`);
    const popup = await opened;
    const arrived = arrival(popup, native);
    await popup.getByRole("radio", { name: "Read and write" }).check();
    await popup.getByRole("button", { name: "Allow", exact: true }).click({ noWaitAfter: true });
    t.ok((await arrived).get("code"));
    await popup.waitForURL((url) => url.href.startsWith(callback));
    t.equal(await popup.evaluate("window.opener !== null"), true);
  });

  await t.test("opens the custom scheme of an app", async (t) => {
    const { page } = await newTab();
    const cursor = await register(origin, {
      redirect_uris: ["cursor://anysphere.cursor-mcp/oauth/callback"],
    });
    // A policy that did not name the scheme would stop the chain before this request.
    const arrived = arrival(page, cursor);
    await decide(page, cursor, "Allow");
    t.ok((await arrived).get("code"));
  });

  await t.test("runs nothing of a hostile name", async (t) => {
    for (const name of [
      `<script>alert(1)</script>`,
      `"><img src=x onerror=alert(1)>`,
      `</title><script>alert(1)</script>`,
      `</style><script>alert(1)</script>`,
    ]) {
      const { page, complaints } = await newTab();
      await page.goto(authorizationRequest(origin, await register(origin, { client_name: name })).url.href);
      t.equal(await page.locator("bdi").textContent(), name, "shown as text");
      t.equal(await page.locator("script, img").count(), 0);
      t.equal(await page.getByRole("button").count(), 2);
      t.equal(await page.getByRole("radio").count(), 2);
      t.same(complaints, []);
    }
  });

  await t.test("applies the stylesheet under the page's own policy", async (t) => {
    const { page } = await newTab();
    await page.goto(origin);
    const radius = await page.evaluate("getComputedStyle(document.querySelector('main')).borderRadius");
    t.equal(radius, "14px");
  });

  await t.test("forbids other pages to frame the consent page", async (t) => {
    const { page } = await newTab();
    const consent = authorizationRequest(origin, native).url.href;
    const framed = page.waitForResponse((response) => response.url().includes("/oauth/interaction/"));
    const frame = `<iframe src="${consent.replaceAll("&", "&amp;")}"></iframe>`;
    await page.goto(`${callback}?${encodeURIComponent(frame)}`);
    t.equal((await framed).status(), 200);
    await page.waitForFunction("window.length === 1");
    const buttons = page.frameLocator("iframe").getByRole("button", { name: "Allow" });
    t.equal(await buttons.count(), 0);
  });
});
