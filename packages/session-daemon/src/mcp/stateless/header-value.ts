import { isUtf8 } from "node:buffer";

const encoded = /^=\?base64\?(.*)\?=$/;
const canonicalBase64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;

/**
 * The value of the body that a header mirrors (MCP 2026-07-28, "Value Encoding"): `=?base64?…?=` is decoded. Undefined for
 * characters that a header must not have, and for invalid Base64 or UTF-8.
 */
export function decodeHeaderValue(value: string): string | undefined {
  if (!/^[\t\x20-\x7e]*$/.test(value)) return undefined;
  const base64 = encoded.exec(value)?.[1];
  if (base64 === undefined) return value;
  if (!canonicalBase64.test(base64)) return undefined;
  const bytes = Buffer.from(base64, "base64");
  return isUtf8(bytes) ? bytes.toString("utf8") : undefined;
}
