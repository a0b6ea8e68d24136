import { setTimeout as sleep } from "node:timers/promises";
import t from "tap";
import { skipWithoutChromium, startChromium } from "@fjmcp/testkit/browser/chromium";
import { setUpAuthServer } from "../../support/auth-server-setup.ts";

t.test("a double click on “Create the token” shows the token", { skip: skipWithoutChromium }, async (t) => {
  const setup = await setUpAuthServer(t);
  const origin = await setup.serve({ more: { FJMCP_RATE_LIMITS: "off" } });
  const chromium = await startChromium();
  t.teardown(() => chromium.close());
  const page = await chromium.context.newPage();
  const [alice] = setup.forgejo.users;
  await page.goto(`${origin}/connections`);
  await page.getByRole("button", { name: "Sign in with Forgejo" }).click();
  await page.locator("[name=user_name]").fill(alice!.name);
  await page.locator("[name=password]").fill(alice!.password);
  await page.locator("[name=password]").press("Enter");
  await page.locator("[name=granted][value=true]").click();
  await page.waitForURL(`${origin}/connections`);

  for (const pauseMs of [5, 20, 50, 100, 250]) {
    await page.goto(`${origin}/connections/new-token`);
    await page.locator("[name=name]").fill(`ci-${pauseMs}`);
    await page.getByRole("radio", { name: "Read only" }).check();
    const button = page.getByRole("button", { name: "Create the token" });
    await button.scrollIntoViewIfNeeded();
    const { x, y, width, height } = (await button.boundingBox())!;
    await page.mouse.move(x + width / 2, y + height / 2);
    for (const clickCount of [1, 2]) {
      await page.mouse.down({ clickCount });
      await page.mouse.up({ clickCount });
      if (clickCount === 1) await sleep(pauseMs);
    }
    await page.waitForLoadState();
    await sleep(500);
    t.match(await page.locator("main").innerText(), /fjmcp_pat_/, `${pauseMs} ms between the clicks`);
  }
  t.equal((await setup.admin.keys("token:access:*")).length, 5);

  await page.goto(`${origin}/connections/new-token`);
  await page.locator("[name=name]").fill("keyboard");
  await page.getByRole("radio", { name: "Read only" }).check();
  await page.getByRole("button", { name: "Create the token" }).press("Enter");
  await page.getByRole("heading", { name: "Your new personal token" }).waitFor();
});
