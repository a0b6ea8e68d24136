const maxLength = 80;

/**
 * A name that a client gave itself, fit to be read: control and direction characters, with which a name could
 * rearrange the text around it, are dropped, white space is joined, and it is cut. Escaping is the template's work.
 */
export function displayName(name: string | undefined): string {
  const clean = (name ?? "")
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, "")
    .replace(/\s+/gu, " ")
    .trim();
  if (clean === "") return "An application without a name";
  const letters = Array.from(clean);
  return letters.length > maxLength ? `${letters.slice(0, maxLength).join("")}…` : clean;
}
