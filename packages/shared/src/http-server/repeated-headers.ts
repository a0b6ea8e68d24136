import type { IncomingHttpHeaders } from "node:http";

/**
 * The headers of one connection's requests. A client repeats nearly all of them, so that most can be taken from the request
 * before: they are not parsed again, and V8 has hashed a string that is kept already.
 */
export class RepeatedHeaders {
  /** As they came: name, value, name, value. Empty while there is nothing to repeat. */
  #raw: string[] = [];
  /** The same by their names in lower case, in an object of its own. */
  #headers: IncomingHttpHeaders = {};

  /**
   * The headers of a request by its `rawHeaders`, as an object of the caller's own. `read` parses them, which is only
   * necessary where the names are not those of the request before.
   */
  take(raw: readonly string[], read: () => IncomingHttpHeaders): IncomingHttpHeaders {
    if (this.#update(raw)) return { ...this.#headers };
    const headers = read();
    const values = Object.values(headers);
    // Otherwise a name occurs twice, or its value is not a string.
    const isPlain = values.length * 2 === raw.length && values.every((value) => typeof value === "string");
    this.#raw = isPlain ? [...raw] : [];
    this.#headers = isPlain ? { ...headers } : {};
    return headers;
  }

  /** False if the names are not those of the request before. */
  #update(raw: readonly string[]): boolean {
    const known = this.#raw;
    if (known.length !== raw.length || known.length === 0) return false;
    for (let at = 0; at < raw.length; at += 2) if (raw[at] !== known[at]) return false;
    for (let at = 1; at < raw.length; at += 2) {
      const value = raw[at]!;
      if (value === known[at]) continue;
      known[at] = value;
      this.#headers[raw[at - 1]!.toLowerCase()] = value;
    }
    return true;
  }
}
