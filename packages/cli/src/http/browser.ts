import type { PublicClient, PublicResponse } from "./public-client.ts";

const maxRedirects = 5;

/** Cookies by host, and redirects: as much of a browser as a login needs. */
export class Browser {
  readonly #http: Pick<PublicClient, "fetch">;
  readonly #cookies = new Map<string, Map<string, string>>();

  constructor(http: Pick<PublicClient, "fetch">) {
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
