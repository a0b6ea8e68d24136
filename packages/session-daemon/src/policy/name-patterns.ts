/** Whether a text matches one of some patterns: exact, but `*` stands for any characters, also none. */
export class NamePatterns {
  readonly #exact: ReadonlySet<string>;
  /** The text between the asterisks of each other pattern; at least two parts. */
  readonly #parts: readonly (readonly string[])[];

  constructor(patterns: readonly string[]) {
    this.#exact = new Set(patterns.filter((pattern) => !pattern.includes("*")));
    this.#parts = patterns.filter((pattern) => pattern.includes("*")).map((pattern) => pattern.split("*"));
  }

  get isEmpty(): boolean {
    return this.#exact.size === 0 && this.#parts.length === 0;
  }

  matches(text: string): boolean {
    return this.#exact.has(text) || this.#parts.some((parts) => matchesParts(text, parts));
  }
}

/** Each part at its first place after the one before: linear, because the text may be a client's. */
function matchesParts(text: string, parts: readonly string[]): boolean {
  const first = parts[0]!;
  const last = parts[parts.length - 1]!;
  if (!text.startsWith(first)) return false;
  let at = first.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return text.length - last.length >= at && text.endsWith(last);
}
