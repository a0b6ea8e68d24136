import { createHash, randomBytes } from "node:crypto";
import { fault, good, type Finding } from "@fjmcp/shared/finding";
import { parse } from "node-html-parser";
import { z } from "zod";
import { CommandError } from "../command-error.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Check } from "./check.ts";
import type { PublicClient, PublicResponse } from "./public-client.ts";

/** A client of this kind on the administrator's own machine; nothing listens there, and nothing is sent. */
const redirectUri = "http://127.0.0.1:1/callback";
const maxRedirects = 5;

/**
 * A whole login through the public name, up to Forgejo's own page: registration, authorization, our consent page, Allow,
 * and Forgejo asks for a name and password. Signs no user in; the login state expires. What Forgejo thinks of the client
 * id and the redirect URI it says only after a login: the auth-server's inspection asks that.
 */
export const loginCheck: Check = {
  name: "login",
  async run({ http, issuer, forgejoUrl }) {
    const browser = new Browser(http);
    const clientId = await register(http, issuer);
    const consent = await openConsentPage(browser, issuer, clientId);
    const target = await allow(browser, consent.url, consent.page);
    if (!target.startsWith(`${forgejoUrl}/`))
      return [
        fault(`Allow leads to ${new URL(target).origin} instead of Forgejo: look at fjmcp logs --unit auth`),
      ];
    return [await forgejoFinding(browser, target)];
  },
};

async function register(http: PublicClient, issuer: string): Promise<string> {
  const { status, text } = await http.fetch(`${issuer}/oauth/register`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({
      client_name: "fjmcp doctor",
      redirect_uris: [redirectUri],
      token_endpoint_auth_method: "none",
    }),
  });
  if (status !== 201) throw broken(`the registration of a client gets ${status}`);
  return z.object({ client_id: z.string() }).parse(JSON.parse(text)).client_id;
}

async function openConsentPage(browser: Browser, issuer: string, clientId: string) {
  const verifier = randomBytes(32).toString("base64url");
  const url = new URL(`${issuer}/oauth/authorize`);
  url.search = new URLSearchParams({
    response_type: "code",
    client_id: clientId,
    redirect_uri: redirectUri,
    code_challenge: createHash("sha256").update(verifier).digest("base64url"),
    code_challenge_method: "S256",
    state: randomBytes(12).toString("base64url"),
    resource: `${issuer}/mcp`,
  }).toString();
  const { page, url: reached } = await browser.navigate(url.href);
  if (page.status !== 200 || !reached.startsWith(`${issuer}/oauth/interaction/`))
    throw broken(
      `an authorization request ends at ${new URL(reached).pathname} with ${page.status} instead of the consent page`,
    );
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

async function forgejoFinding(browser: Browser, target: string): Promise<Finding> {
  const { page, url } = await browser.navigate(target);
  if (page.status === 200)
    return good("a client registers, its user reaches our consent page, and from there Forgejo's login");
  return fault(`Forgejo's login responds ${page.status} at ${new URL(url).pathname}: look at Forgejo's log`);
}

function broken(what: string): CommandError {
  return new CommandError(
    exitCodes.unavailable,
    `${what}:`,
    "look at fjmcp logs --unit auth, and at what the proxy changes.",
  );
}

/** Cookies by host, and redirects: as much of a browser as a login needs. */
class Browser {
  readonly #http: PublicClient;
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(http: PublicClient) {
    this.#http = http;
  }

  async request(
    url: string,
    { headers, ...options }: { method?: string; headers?: Record<string, string>; body?: string } = {},
  ): Promise<PublicResponse> {
    const { host } = new URL(url);
    const kept = this.#cookies.get(host) ?? new Map<string, string>();
    const cookie = Array.from(kept, ([name, value]) => `${name}=${value}`).join("; ");
    const navigation = {
      accept: "text/html",
      "sec-fetch-mode": "navigate",
      "sec-fetch-dest": "document",
      "sec-fetch-site": "same-origin",
    };
    const response = await this.#http.fetch(url, {
      ...options,
      headers: { ...navigation, ...(cookie !== "" && { cookie }), ...headers },
    });
    for (const set of response.headers.get("set-cookie") ?? []) {
      const [, name, value] = /^([^=;]+)=([^;]*)/.exec(set) ?? [];
      if (name !== undefined && value !== undefined) kept.set(name, value);
    }
    this.#cookies.set(host, kept);
    return response;
  }

  /** The page to which the URL leads in the end, and its own URL. */
  async navigate(url: string): Promise<{ page: PublicResponse; url: string }> {
    let current = url;
    for (let redirects = 0; ; redirects++) {
      const page = await this.request(current);
      const location = page.headers.get("location")?.[0];
      if (location === undefined || page.status < 300 || page.status >= 400 || redirects === maxRedirects)
        return { page, url: current };
      current = new URL(location, current).href;
    }
  }
}
