import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { skipWithoutChromium, startChromium } from "../../../src/browser/chromium.ts";
import { startSandboxForgejo } from "../../../src/forgejo/sandbox-forgejo.ts";
import t, { type Test } from "tap";
import { ForgejoApp } from "../../../src/stack/forgejo-app.ts";

/** The app's redirect URI, where the login ends. */
async function startCallback(t: Test): Promise<string> {
  const server = createServer((_request, response) => response.end("Back at the app"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
}

for (const javaScriptEnabled of [true, false]) {
  const withJavaScript = javaScriptEnabled ? "with JavaScript" : "without JavaScript";
  t.test(`logs in and consents in Chromium ${withJavaScript}`, { skip: skipWithoutChromium }, async (t) => {
    const forgejo = await startSandboxForgejo();
    t.teardown(() => forgejo.close());
    const uri = await startCallback(t);
    const app = await ForgejoApp.register(forgejo, { redirectUris: [uri] });
    const browser = await startChromium({ javaScriptEnabled });
    t.teardown(() => browser.close());
    const page = await browser.context.newPage();

    await page.goto(app.authorizeUrl({ redirect_uri: uri }));
    t.match(await page.textContent("body"), "sandbox Forgejo: for tests and the demo");
    await page.fill("[name=user_name]", "alice");
    await page.fill("[name=password]", "alice-password");
    await page.click('button:has-text("Sign in")');
    await page.click("text=Authorize application");
    await page.waitForURL(/\/callback\?/);
    const code = new URL(page.url()).searchParams.get("code") ?? "";
    t.equal((await app.exchange(code, { redirect_uri: uri })).status, 200);

    await page.goto(app.authorizeUrl({ redirect_uri: uri }));
    t.match(page.url(), /\/callback\?code=/, "the second time it shows no page");
  });
}
