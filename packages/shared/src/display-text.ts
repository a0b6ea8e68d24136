/**
 * A text that a client gave of itself, fit to be shown and logged: control, format and direction characters are
 * dropped, with which it could rearrange the text around it; white space is joined; it is cut to `maxLength`
 * characters. Anything but a string gives "". Escaping is the template's work.
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
