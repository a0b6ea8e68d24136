interface ExactJson {
  parse(
    text: string,
    reviver: (key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
  isRawJSON(value: unknown): boolean;
}

// ECMAScript's JSON.parse source text access; TypeScript's library does not declare it yet.
const exactJson = JSON as unknown as ExactJson;

/**
 * JSON.parse, with every number whose digits a double would change (beyond 2^53, `1.0`, `1e400`) kept as `JSON.rawJSON`,
 * so that JSON.stringify writes the same digits. Ten times slower than JSON.parse: used only for texts with such numbers.
 * Recurses: the caller limits the depth.
 */
export function parseLosslessJson(text: string): unknown {
  return exactJson.parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined && String(value) !== source
      ? exactJson.rawJSON(source)
      : value,
  );
}

/** True for a number, also one whose digits are kept. */
export function isJsonNumber(value: unknown): boolean {
  return typeof value === "number" || exactJson.isRawJSON(value);
}

/** True for `{…}`; false for a number whose digits are kept, which is an object to `typeof`. */
export function isJsonObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !exactJson.isRawJSON(value);
}

/** A value that JSON.stringify writes as this JSON text of a string or number. */
export function rawJson(text: string): object {
  return exactJson.rawJSON(text);
}
