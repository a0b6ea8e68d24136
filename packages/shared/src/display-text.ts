/**
 * Cleans a text that a client supplied, for display and logs: drops control, format and direction characters, which could
 * rearrange the surrounding text, collapses white space, and cuts to `maxLength` characters. Anything but a string gives
 * "". It does not escape HTML: the templates do.
 */
export function displayText(text: unknown, maxLength: number): string {
  if (typeof text !== "string") return "";
  const clean = text
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, "")
    .replace(/\s+/gu, " ")
    .trim();
  const characters = Array.from(clean);
  return characters.length > maxLength ? `${characters.slice(0, maxLength).join("")}…` : clean;
}
