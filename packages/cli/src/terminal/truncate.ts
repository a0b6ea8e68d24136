import stringWidth from "string-width";

const graphemes = new Intl.Segmenter("und", { granularity: "grapheme" });

/** The beginning of a text that is at most so many columns wide. */
export function truncateToWidth(text: string, columns: number): string {
  if (stringWidth(text) <= columns) return text;
  let shown = "";
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += stringWidth(segment);
    if (width > columns) break;
    shown += segment;
  }
  return shown;
}
