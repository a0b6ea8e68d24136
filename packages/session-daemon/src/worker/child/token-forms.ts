/** A shorter "token" would match inside ordinary text. */
const minLength = 8;

/**
 * The forms in which a token may stand in a text: as it is, JSON-escaped, percent-encoded, and in Base64 (RFC 4648 §4 and
 * §5), also as a part of a longer encoded text. The last come without the first and last characters, which depend on the
 * bytes around the token. Longer forms first. None for a token that is too short to be found safely.
 */
export function tokenForms(token: string): readonly string[] {
  if (token.length < minLength) return [];
  const escaped = JSON.stringify(token).slice(1, -1);
  const percentEncoded = encodeURIComponent(token);
  const base64 = [0, 1, 2].flatMap((before) => [
    withoutEnds(token, before, "base64"),
    withoutEnds(token, before, "base64url"),
  ]);
  const forms = [
    token,
    escaped,
    escaped.replaceAll("/", "\\/"),
    percentEncoded,
    percentEncoded.replaceAll(/%../g, (code) => code.toLowerCase()),
    ...base64,
  ];
  return [...new Set(forms)].toSorted((a, b) => b.length - a.length);
}

/** The characters that encode nothing but bits of the token, when so many bytes stand before it (modulo 3). */
function withoutEnds(token: string, before: number, encoding: "base64" | "base64url"): string {
  const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(token)]);
  const first = Math.ceil((before * 8) / 6);
  const end = Math.floor((bytes.length * 8) / 6);
  return bytes.toString(encoding).slice(first, end);
}
