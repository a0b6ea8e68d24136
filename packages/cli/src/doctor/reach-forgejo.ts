import { parse } from "node-html-parser";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import { Browser } from "../http/browser.ts";
import type { PublicClient, PublicResponse } from "../http/public-client.ts";

/**
 * Opens an authorization URL as a browser, allows the client on our consent page, and follows to Forgejo's own page, which
 * asks for a name and password: no user is signed in. Rejects with a CommandError for what goes wrong here.
 */
export async function reachForgejo(
  http: Pick<PublicClient, "fetch">,
  authorizationUrl: string,
  { issuer, forgejoUrl }: { issuer: string; forgejoUrl: string },
): Promise<void> {
  const browser = new Browser(http);
  const consent = await openConsentPage(browser, issuer, authorizationUrl);
  const target = await allow(browser, consent.url, consent.page);
  if (!target.startsWith(`${forgejoUrl}/`))
    throw broken(`Allow leads to ${new URL(target).origin} instead of Forgejo`);
  const { page, url } = await browser.navigate(target);
  if (page.status !== 200)
    throw new CommandError(
      exitCodes.unavailable,
      `Forgejo's login responds ${page.status} at ${new URL(url).pathname}:`,
      "look at Forgejo's log.",
    );
}

async function openConsentPage(browser: Browser, issuer: string, authorizationUrl: string) {
  const { page, url: reached } = await browser.navigate(authorizationUrl);
  if (page.status !== 200 || !reached.startsWith(`${issuer}/oauth/interaction/`)) {
    const says = parse(page.text).querySelector("main")?.structuredText.replaceAll(/\s+/g, " ").slice(0, 300);
    throw broken(
      `an authorization request ends at ${new URL(reached).pathname} with ${page.status} instead of the consent page${says === undefined ? "" : `, “${says}”`}`,
    );
  }
  return { page, url: reached };
}

/** Submits the page's form with Allow, with what is ticked and what must be chosen, and resolves with the URL to which that leads. */
async function allow(browser: Browser, url: string, { text }: PublicResponse): Promise<string> {
  const form = parse(text).querySelector("form");
  if (form === null) throw broken("the consent page has no form");
  const fields = new URLSearchParams();
  for (const input of form.querySelectorAll("input")) {
    const name = input.getAttribute("name");
    if (name === undefined) continue;
    const value = input.getAttribute("value") ?? "on";
    // Of a required choice the first: the least access.
    const isRequired = input.getAttribute("type") === "hidden" || input.hasAttribute("required");
    if (isRequired && !fields.has(name)) fields.set(name, value);
    else if (input.hasAttribute("checked")) fields.append(name, value);
  }
  fields.set("decision", "allow");
  const action = new URL(form.getAttribute("action") ?? "", url);
  const { status, headers } = await browser.request(action.href, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: action.origin },
    body: fields.toString(),
  });
  const location = headers.get("location")?.[0];
  if (status !== 303 || location === undefined) throw broken(`Allow on the consent page gets ${status}`);
  return new URL(location, action).href;
}

/** The fault of a login that does not get further: `what` it is, and where to look. */
export function broken(what: string): CommandError {
  return new CommandError(
    exitCodes.unavailable,
    `${what}:`,
    "look at fjmcp logs --unit auth, and at what the proxy changes.",
  );
}
