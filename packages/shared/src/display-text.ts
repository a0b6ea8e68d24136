/** Made when it is first needed: loading its data needs milliseconds. */
let segmenter: Intl.Segmenter | undefined;
/**
 * Code points that show nothing or change their surroundings: controls, formats, private use, unassigned ones, and those
 * that look blank though they are letters or symbols (braille blank, musical null notehead, object replacement, the
 * fillers of Khitan and Egyptian); enclosing marks draw around other characters.
 */
const hidden = String.raw`[[\p{C}\p{Default_Ignorable_Code_Point}\p{Me}\u2800\ufffc\u{1d159}\u{13441}\u{13442}]--[\t\n\v\f\r]]|\u{16fe4}`;
const pictograph = String.raw`[\p{Emoji}&&\p{Extended_Pictographic}][\ufe0f\p{Emoji_Modifier}]?`;
const cursive = String.raw`[[\p{sc=Arabic}\p{sc=Syriac}\p{sc=Mongolian}\p{sc=Nko}\p{sc=Adlam}]&&\p{L}]`;
const indic = String.raw`[[\u0900-\u0dff]&&\p{L}]`;
const virama = String.raw`[\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d4d\u0dca]`;
/** What stays although it is hidden elsewhere. */
const kept = [
  // Up to four joined emoji, as in Unicode's own; RGI_Emoji has them only with each U+FE0F, which many writers leave out.
  String.raw`${pictograph}(?:\u200d${pictograph}){1,3}`,
  String.raw`\p{RGI_Emoji}`,
  // A single joiner that changes how a word looks (RFC 5892 appendix A).
  String.raw`(?<=${cursive}\p{M}*)\u200c(?=${cursive})`,
  String.raw`(?<=${indic}\p{M}?${virama})[\u200c\u200d](?=${indic})`,
  String.raw`(?<=${indic})\u200d(?=${virama}${indic})`,
];
const keptOrHidden = new RegExp(`(${kept.join("|")})|${hidden}`, "gv");
/** Written languages need up to three marks on a letter. */
const excessMarks = /(\p{M}{3})\p{M}+/gu;
const marksWithoutLetter = /(^|\s)\p{M}+/gu;
const blankAtEnd = /[\s\u200c\u200d]+$/u;
/** Words of printable ASCII with single spaces between them: nothing in them changes. */
const plain = /^[!-~]+(?: [!-~]+)*$/;
/** How much is read for each grapheme of the result: more than the longest emoji has. */
const maxUnitsPerGrapheme = 16;

/**
 * Cleans a text that a client supplied, for display and logs, so that only what a user can read is left: drops control,
 * format, direction and blank-looking characters and stacked marks, which could rearrange or cover the surrounding text;
 * keeps emoji whole and joiners that their script needs, collapses white space, and cuts to `maxLength` graphemes.
 * Anything but a string gives "". It does not escape HTML: the templates do.
 */
export function displayText(text: unknown, maxLength: number): string {
  if (typeof text !== "string") return "";
  // The common case: segmenting costs a hundred times as much.
  if (text.length <= maxLength && plain.test(text)) return text;
  const clean = text
    .slice(0, maxLength * maxUnitsPerGrapheme)
    .normalize("NFC")
    .replace(keptOrHidden, "$1")
    .replace(marksWithoutLetter, "$1")
    .replace(excessMarks, "$1")
    .replace(/\s+/gu, " ")
    .trim();
  const shown = splitGraphemes(clean);
  if (shown.length <= maxLength) return clean;
  return `${shown.slice(0, maxLength).join("").replace(blankAtEnd, "")}…`;
}

function splitGraphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
