import { CookieJar } from "tough-cookie";

// Browsers drop a cookie whose name and value are longer than this together.
const maxCookieBytes = 4096;

/** A browser's cookies: by host whatever the port, with the rules of `__Host-`, Secure, Path and SameSite. */
export class Cookies {
  readonly #jar = new CookieJar(undefined, { prefixSecurity: "silent" });

  /** The `Cookie` header for a top-level navigation to `url`; a cross-site POST sends no Lax or Strict cookie. */
  async header(url: URL, navigation: { crossSite: boolean; method: string }): Promise<string> {
    const sameSiteContext = navigation.crossSite ? (navigation.method === "GET" ? "lax" : "none") : "strict";
    return this.#jar.getCookieString(url.href, { sameSiteContext });
  }

  async store(url: URL, setCookies: readonly string[]): Promise<void> {
    for (const setCookie of setCookies) {
      if (Buffer.byteLength(setCookie.split(";", 1)[0] ?? "") > maxCookieBytes) continue;
      await this.#jar.setCookie(setCookie, url.href, { ignoreError: true });
    }
  }

  /** The values of all stored cookies. */
  async values(): Promise<string[]> {
    return (await this.#jar.serialize()).cookies.map(({ value }) => String(value));
  }

  /** The names of the cookies that are sent to `url`. */
  async namesFor(url: string): Promise<string[]> {
    return (await this.#jar.getCookies(url)).map((cookie) => cookie.key);
  }
}
