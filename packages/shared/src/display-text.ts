/** Made when it is first needed: loading its data needs milliseconds. */
let segmenter: Intl.Segmenter | undefined;
const emoji = /^\p{RGI_Emoji}$/v;
/**
 * Code points that show nothing or change their surroundings: controls, formats, private use, unassigned ones, and those
 * that look blank though they are letters or symbols (braille blank, musical null notehead, object replacement, the
 * fillers of Khitan and Egyptian); enclosing marks draw around other characters.
 */
const hidden =
  /[[\p{C}\p{Default_Ignorable_Code_Point}\p{Me}\u2800\ufffc\u{1d159}\u{13441}\u{13442}]--[\t\n\v\f\r]]|\u{16fe4}/gv;
/** Written languages need up to three marks on a letter. */
const excessMarks = /(\p{M}{3})\p{M}+/gu;
const marksWithoutLetter = /(^|\s)\p{M}+/gu;
/** Words of printable ASCII with single spaces between them: nothing in them changes. */
const plain = /^[!-~]+(?: [!-~]+)*$/;
/** How much is read for each grapheme of the result: more than the longest emoji has. */
const maxUnitsPerGrapheme = 16;

/**
 * Cleans a text that a client supplied, for display and logs, so that only what a user can read is left: drops control,
 * format, direction and blank-looking characters and stacked marks, which could rearrange or cover the surrounding text;
 * keeps emoji whole, collapses white space, and cuts to `maxLength` graphemes. Anything but a string gives "". It does not
 * escape HTML: the templates do.
 */
export function displayText(text: unknown, maxLength: number): string {
  if (typeof text !== "string") return "";
  // The common case: segmenting costs a hundred times as much.
  if (text.length <= maxLength && plain.test(text)) return text;
  const readable = splitGraphemes(text.slice(0, maxLength * maxUnitsPerGrapheme).normalize("NFC"))
    .map((one) => (emoji.test(one) ? one : one.replace(hidden, "")))
    .join("");
  const clean = readable
    .replace(marksWithoutLetter, "$1")
    .replace(excessMarks, "$1")
    .replace(/\s+/gu, " ")
    .trim();
  const shown = splitGraphemes(clean);
  return shown.length > maxLength ? `${shown.slice(0, maxLength).join("").trimEnd()}…` : clean;
}

function splitGraphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter("und", { granularity: "grapheme" });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}
