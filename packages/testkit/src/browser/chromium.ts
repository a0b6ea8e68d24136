import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type BrowserContext } from "playwright-core";
import { findExecutable } from "@fjmcp/shared/process/find-executable";

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Of each navigation, action and wait. It only bounds a failure: a busy machine may need longer than Playwright's 30 s. */
const timeoutMs = 120_000;

/** tap's `skip` option for a test that needs a browser: false with Chromium installed, otherwise the reason. */
export const skipWithoutChromium: string | false =
  findExecutable("chromium") === undefined ? "no chromium on PATH" : false;

/** A headless Chromium with a fresh profile of its own. `close` ends it and removes the profile. */
export interface PrivateChromium {
  readonly context: BrowserContext;
  close(): Promise<void>;
}

export async function startChromium(options: { javaScriptEnabled?: boolean } = {}): Promise<PrivateChromium> {
  const executablePath = findExecutable("chromium");
  if (executablePath === undefined)
    throw new Error("No chromium on PATH. Install it: apt-get install chromium");
  const profile = await mkdtemp(join(tmpdir(), "fjmcp-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    ...options,
    executablePath,
    args: flags,
    headless: true,
    chromiumSandbox: false,
  });
  context.setDefaultTimeout(timeoutMs);
  return {
    context,
    async close() {
      await context.close();
      await rm(profile, { recursive: true, force: true, maxRetries: 10 });
    },
  };
}
