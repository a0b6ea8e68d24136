import { sendRequest } from "./browser-request.ts";
import { Cookies } from "./cookies.ts";
import { fetchSite, originHeader, type Initiator } from "./fetch-metadata.ts";
import type { FieldValues } from "./form.ts";
import { Page } from "./page.ts";

/** Where redirects are no longer followed: a URL, compared without its query, or a predicate. */
export type StopAt = string | ((url: URL) => boolean);

export interface SignInOptions {
  /** The client's redirect URI; a scheme other than http and https always stops. */
  readonly stopAt: StopAt;
  /** On fjmcp's own consent page. Default: allow. */
  readonly consent?: "allow" | "deny";
  /** The choices on fjmcp's page where they are offered. Default: read and write, and the areas that the page has ticked. */
  readonly access?: "read" | "write";
  readonly toolsets?: readonly string[];
  /** On Forgejo's consent page, if it is shown. Default: grant. */
  readonly forgejo?: "grant" | "deny";
}

interface Navigation {
  readonly method: string;
  readonly url: URL;
  readonly initiator: Initiator;
  readonly origin?: string;
  readonly body?: string;
}

const maxRedirects = 20;
const maxPages = 10;

/**
 * A user with a name and password at a Forgejo (the sandbox or a real one), and with a browser of their own that has
 * cookies and forms but no JavaScript.
 */
export class ScriptedUser {
  readonly name: string;
  readonly #password: string;
  readonly cookies = new Cookies();

  constructor(login: { readonly name: string; readonly password: string }) {
    this.name = login.name;
    this.#password = login.password;
  }

  /** Types an address into the browser and follows the redirects, up to `stopAt`. */
  visit(url: string | URL, options: { stopAt?: StopAt } = {}): Promise<Page> {
    return this.#navigate({ method: "GET", url: new URL(url), initiator: undefined }, options.stopAt);
  }

  /**
   * Walks from a client's authorize URL through fjmcp's consent page and Forgejo's login and consent pages, as far as
   * they are shown. Resolves with the redirect to the client. Throws on a page without one of the expected forms.
   */
  async signInAndAllow(authorizeUrl: string | URL, options: SignInOptions): Promise<URL> {
    let page = await this.visit(authorizeUrl, options);
    let passwordTyped = false;
    for (let pages = 0; page.externalRedirect === undefined; pages += 1) {
      if (pages === maxPages)
        throw new Error(`The sign-in is not complete after ${maxPages} pages, at ${page.describe()}`);
      if (page.form({ button: "Allow" }) !== undefined) {
        page = await (options.consent === "deny"
          ? page.submit({ button: "Deny" })
          : page.confirm("Allow", choicesOn(page, options)));
      } else if (page.form({ field: "password" }) !== undefined && !passwordTyped) {
        passwordTyped = true;
        page = await page.submit({ fields: { user_name: this.name, password: this.#password } });
      } else {
        const button = { name: "granted", value: options.forgejo === "deny" ? "false" : "true" };
        if (page.form({ button }) === undefined) throw new Error(`The sign-in ends at ${page.describe()}`);
        page = await page.submit({ button });
      }
    }
    return page.externalRedirect;
  }

  async #navigate(start: Navigation, stopAt: StopAt | undefined): Promise<Page> {
    const redirectChain: { status: number; url: URL }[] = [];
    let { method, url, body } = start;
    for (;;) {
      const chain = [...redirectChain.map((step) => step.url), url];
      const response = await this.#send(
        { ...start, method, url, ...(body !== undefined && { body }) },
        chain,
      );
      redirectChain.push({ status: response.status, url });
      const location = response.headers.location;
      const target =
        location !== undefined && response.status >= 300 && response.status < 400
          ? new URL(location, url)
          : undefined;
      const externalRedirect = target !== undefined && stops(target, stopAt) ? target : undefined;
      if (target === undefined || externalRedirect !== undefined) {
        return new Page(response, redirectChain, externalRedirect, (page, { method, action, fields }) =>
          this.#submit(page, method, action, fields, stopAt),
        );
      }
      if (redirectChain.length > maxRedirects) throw new Error(`More than ${maxRedirects} redirects`);
      if (![307, 308].includes(response.status)) {
        method = "GET";
        body = undefined;
      }
      url = target;
    }
  }

  #submit(
    page: Page,
    method: string,
    action: string,
    fields: URLSearchParams,
    stopAt: StopAt | undefined,
  ): Promise<Page> {
    const url = new URL(action === "" ? page.url : action, page.url);
    const initiator = page.url.origin;
    if (method === "GET") {
      url.search = fields.toString();
      return this.#navigate({ method, url, initiator }, stopAt);
    }
    const origin = originHeader(page.url, url, String(page.headers["referrer-policy"] ?? ""));
    return this.#navigate({ method, url, initiator, origin, body: fields.toString() }, stopAt);
  }

  async #send(navigation: Navigation, chain: readonly URL[]) {
    const { method, url, initiator, origin, body } = navigation;
    const site = fetchSite(initiator, chain);
    const cookie = await this.cookies.header(url, { crossSite: site === "cross-site", method });
    const response = await sendRequest({
      method,
      url,
      body,
      headers: {
        accept: "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
        "accept-language": "en-US,en;q=0.9",
        "user-agent": "Mozilla/5.0 (X11; Linux x86_64) fjmcp-scripted-user",
        "upgrade-insecure-requests": "1",
        "sec-fetch-dest": "document",
        "sec-fetch-mode": "navigate",
        "sec-fetch-site": site,
        "sec-fetch-user": "?1",
        ...(cookie !== "" && { cookie }),
        ...(method !== "GET" && origin !== undefined && { origin }),
        ...(body !== undefined && {
          "content-type": "application/x-www-form-urlencoded",
          "content-length": String(Buffer.byteLength(body)),
        }),
      },
    });
    await this.cookies.store(url, response.setCookies);
    return response;
  }
}

/** The fields of fjmcp's consent page. */
function choicesOn(page: Page, { access, toolsets }: SignInOptions): FieldValues {
  const offersAccess = page.form({ button: "Allow", field: "access" }) !== undefined;
  return {
    ...(access !== undefined && offersAccess && { access }),
    ...(toolsets !== undefined && { toolset: toolsets }),
  };
}

function stops(target: URL, stopAt: StopAt | undefined): boolean {
  if (target.protocol !== "http:" && target.protocol !== "https:") return true;
  if (stopAt === undefined) return false;
  if (typeof stopAt === "function") return stopAt(target);
  const { origin, pathname } = new URL(stopAt);
  return target.origin === origin && target.pathname === pathname;
}
