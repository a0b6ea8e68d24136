import { join } from "node:path";
import type { Page } from "playwright-core";
import { startChromium } from "../../src/browser/chromium.ts";
import { freePort } from "../../src/process/free-port.ts";
import { startProcess } from "../../src/process/managed-process.ts";
import { inspectorWebPage } from "../../src/real-clients/client-commands.ts";
import type { StartClient } from "../../src/real-clients/client-driver.ts";
import type { UserBrowser } from "../../src/real-clients/user-browser.ts";

const { serverId, transport, addServers, addManually, add, execute } = inspectorWebPage;
const actionTimeoutMs = 60_000;

/** The Inspector's web page in a Chromium. Its user signs in whenever the page leads to fjmcp. */
export function inspectorWeb(programs: string): StartClient {
  return async ({ mcpUrl, browser, home }) => {
    await using opened = new AsyncDisposableStack();
    const pageUrl = await startServer(programs, home, opened);
    const chromium = await startChromium();
    opened.defer(() => chromium.close());
    const page = await chromium.context.newPage();
    page.setDefaultTimeout(actionTimeoutMs);
    const nextSignIn = await signInWhenAsked(page, browser);
    await page.goto(pageUrl);
    await addServer(page, mcpUrl);
    await connect(page);
    const kept = opened.move();
    return {
      forgetsSignIns: true,
      async listTools() {
        return toolsOf(page).locator("button p:nth-of-type(2)").allTextContents();
      },
      async callTool(name, given) {
        const closeResults = page.getByRole("button", { name: "Close results" });
        if (await closeResults.isVisible()) await closeResults.click();
        await toolsOf(page)
          .getByRole("button")
          .filter({ hasText: new RegExp(`${name}$`) })
          .click();
        for (const [label, value] of Object.entries(given)) {
          await page.getByRole("textbox", { name: label, exact: true }).fill(String(value));
        }
        const signedIn = nextSignIn().then(() => undefined);
        await page.getByRole("button", { name: execute }).click();
        const result = await Promise.race([shownResult(page), signedIn]);
        if (result === undefined) throw new Error(`${name}: the page led to the sign-in`);
        return result;
      },
      async restart() {
        await page.goto(pageUrl);
        await connect(page);
      },
      close: () => kept.disposeAsync(),
    };
  };
}

/** An element of the editor Ace, which shows results. */
interface AceElement {
  readonly env: { readonly editor: { getValue(): string } };
}

/** Starts the program and resolves with the address of its page, which has a token. */
async function startServer(programs: string, home: string, opened: AsyncDisposableStack): Promise<string> {
  const port = await freePort();
  const address = new RegExp(`http://127\\.0\\.0\\.1:${port}\\S*MCP_INSPECTOR_API_TOKEN=\\S+`);
  let found: string | undefined;
  const server = await startProcess({
    name: "mcp-inspector",
    command: join(programs, "mcp-inspector"),
    arguments: ["--web"],
    env: {
      PATH: process.env.PATH ?? "",
      HOME: home,
      CLIENT_PORT: String(port),
      MCP_SANDBOX_PORT: String(await freePort()),
      MCP_AUTO_OPEN_ENABLED: "false",
    },
    logFile: join(home, "inspector.log"),
    isReady: (log) => (found = address.exec(log)?.[0]) !== undefined,
  });
  opened.defer(async () => void (await server.end()));
  return found!;
}

/** The user of the page signs in as in another browser. What it returns waits until that was done once more. */
async function signInWhenAsked(page: Page, browser: UserBrowser): Promise<() => Promise<void>> {
  let done = Promise.withResolvers<void>();
  await page.route("**/oauth/authorize?*", async (route) => {
    // The page stays until the user is back.
    await route.fulfill({ status: 204 });
    await page.goto((await browser.signIn(route.request().url())).href);
    done.resolve();
    done = Promise.withResolvers();
  });
  return () => done.promise;
}

/** The text of the result; undefined where the page shows none in time, as while the user signs in. */
async function shownResult(page: Page): Promise<string | undefined> {
  try {
    await page.getByRole("heading", { name: "Results" }).waitFor();
    const editor = page.locator(".ace_editor").first();
    return await editor.evaluate((element) => (element as unknown as AceElement).env.editor.getValue());
  } catch {
    return undefined;
  }
}

async function addServer(page: Page, mcpUrl: string): Promise<void> {
  await page.getByRole("button", { name: addServers }).click();
  await page.getByRole("menuitem", { name: addManually }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("textbox", { name: "Server ID" }).fill(serverId);
  await dialog.getByRole("textbox", { name: "Transport" }).click();
  await page.getByRole("option", { name: transport }).click();
  await dialog.getByRole("textbox", { name: "URL" }).fill(mcpUrl);
  await dialog.getByRole("button", { name: add, exact: true }).click();
}

/** Turns the server on unless it is, and opens the list of its tools. */
async function connect(page: Page): Promise<void> {
  const isOn = page.getByRole("switch", { name: `"${serverId}"` });
  await isOn.waitFor();
  if (!(await isOn.isChecked())) await isOn.press("Space");
  await page.getByText("Connected", { exact: true }).waitFor();
  await page.getByText("Tools", { exact: true }).click();
  await toolsOf(page).getByRole("button").first().waitFor();
}

function toolsOf(page: Page) {
  return page.getByRole("main");
}
