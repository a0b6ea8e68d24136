import { foldKey } from "../jsonrpc/fold-key.ts";
import { NamePatterns } from "./name-patterns.ts";

/**
 * The administrator's denied URIs of resources. A URI is denied in every spelling that a child may take for the same one: with
 * other escapes (RFC 3986 §6.2.2.2) and, as names in Forgejo ignore it, in another case.
 */
export class DeniedUris {
  readonly #patterns: NamePatterns;

  constructor(patterns: readonly string[]) {
    this.#patterns = new NamePatterns(patterns.map(canonical));
  }

  matches(uri: string): boolean {
    return this.#patterns.matches(canonical(uri));
  }
}

function canonical(uri: string): string {
  return foldKey(uri.replaceAll(/(?:%[\da-f]{2})+/gi, decoded));
}

/** Never throws: bytes that are not UTF-8 become U+FFFD. */
function decoded(escapes: string): string {
  return Buffer.from(escapes.replaceAll("%", ""), "hex").toString("utf8");
}
