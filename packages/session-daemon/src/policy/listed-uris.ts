import { foldKey } from "../jsonrpc/fold-key.ts";
import { NamePatterns } from "./name-patterns.ts";

/**
 * The administrator's lists, for URIs of resources. What is denied is denied with other escapes too (RFC 3986 §6.2.2.2), in
 * another case, as names in Forgejo ignore it, and where a child that reads it as the WHATWG's URL Standard does would get a
 * denied one, such as by `..`. What is allowed must be so in both readings.
 */
export class ListedUris {
  readonly #allow: NamePatterns;
  readonly #deny: NamePatterns;

  /** An empty `allow` allows all. */
  constructor(allow: readonly string[], deny: readonly string[]) {
    this.#allow = new NamePatterns(allow);
    this.#deny = new NamePatterns(deny.map(folded));
  }

  includes(uri: string): boolean {
    const parsed = URL.parse(uri)?.href ?? uri;
    const isDenied = this.#deny.matches(folded(uri)) || this.#deny.matches(folded(parsed));
    return !isDenied && (this.#allow.isEmpty || this.#allows(uri, parsed));
  }

  #allows(uri: string, parsed: string): boolean {
    // The parser writes more escapes than a list may have.
    const isParsedAllowed = this.#allow.matches(parsed) || this.#allow.matches(unescaped(parsed));
    return this.#allow.matches(uri) && isParsedAllowed;
  }
}

function folded(uri: string): string {
  return foldKey(unescaped(uri));
}

/** Without `%2A`, which a pattern must not get as an asterisk. */
function unescaped(uri: string): string {
  return uri.replaceAll(/(?:%(?!2a)[\da-f]{2})+/gi, decoded);
}

/** Never throws: bytes that are not UTF-8 become U+FFFD. */
function decoded(escapes: string): string {
  return Buffer.from(escapes.replaceAll("%", ""), "hex").toString("utf8");
}
