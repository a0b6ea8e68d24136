import t from "tap";
import { displayText } from "../src/display-text.ts";

const clean = (text: unknown) => displayText(text, 80);

t.test("gives no text for anything but a string", async (t) => {
  for (const value of [undefined, null, 7, {}, ["a"]]) t.equal(clean(value), "");
});

t.test("leaves written languages as they are", async (t) => {
  for (const name of [
    "Claude Code (my server)",
    "Ångström",
    "日本語",
    "עִבְרִית",
    "हिन्दी",
    "བསྒྲུབས",
    "ภาษาไทย ที่",
  ]) {
    t.equal(clean(name), name.normalize("NFC"));
  }
});

t.test("leaves words of printable ASCII as they are, up to the limit", async (t) => {
  const printable = Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index));
  for (const text of [...printable, printable.slice(0, 80).join(""), "a b", "~"]) t.equal(clean(text), text);
  t.equal(clean("a".repeat(80)), "a".repeat(80));
  t.equal(clean("a".repeat(81)), `${"a".repeat(80)}…`);
  for (const [text, cleaned] of [
    ["", ""],
    [" a", "a"],
    ["a ", "a"],
    ["a  b", "a b"],
    ["a\nb", "a b"],
    ["a\u007fb", "ab"],
  ]) {
    t.equal(clean(text), cleaned, JSON.stringify(text));
  }
});

t.test("drops everything that shows nothing", async (t) => {
  const blank = [
    "\u3164\u115f\u1160\uffa0\u2800\u034f\u00ad\u180e\u200b\u200c\u200d\u2060\ufeff\ufe0f\ufffc\u17b4",
    "\u061c\u202a\u202e\u2066\u2069\u0000\u001b\u007f\u0085\ue000\ufff9\u0378",
    "\u{e0041}\u{f0000}\u{1d159}\u{16fe4}\u{13441}\u{13442}",
    "\ud800",
  ];
  for (const one of blank.flatMap((text) => Array.from(text))) {
    const code = `U+${one.codePointAt(0)!.toString(16)}`;
    t.equal(clean(one.repeat(3)), "", code);
    t.equal(clean(`Cla${one}ude`), "Claude", code);
  }
});

t.test("makes one space of any white space", async (t) => {
  t.equal(clean(" a\u00a0\u3000\u2003b\r\n\tc\u2028d "), "a b c d");
});

t.test("keeps at most three marks on a letter, and none without one", async (t) => {
  t.equal(clean(`q${"\u0323".repeat(40)}x`), "q\u0323\u0323\u0323x");
  t.equal(clean(`q${"\u034f\u0323".repeat(40)}`), "q\u0323\u0323\u0323", "also with ignorables between them");
  t.equal(clean("\u0323a \u0323\u0323 b"), "a b");
  t.equal(clean("1\u20dd\u0488"), "1", "no enclosing mark");
});

t.test("keeps emoji whole and breaks up what only looks like one", async (t) => {
  for (const emoji of ["👨‍👩‍👧‍👦", "🏳️‍🌈", "👍🏽", "1️⃣", "❤️", "🇳🇱", "🏴󠁧󠁢󠁥󠁮󠁧󠁿"]) t.equal(clean(emoji), emoji);
  t.equal(clean("a\u200d👍"), "a👍");
});

t.test("keeps joined emoji whole without U+FE0F too, of at most four parts", async (t) => {
  for (const parts of [
    ["🏳", "🌈"],
    ["❤", "🔥"],
    ["🕵", "♀"],
    ["🕵🏽", "♀"],
    ["👩", "⚕"],
    ["👁\ufe0f", "🗨"],
  ]) {
    const emoji = parts.join("\u200d");
    t.equal(clean(`a ${emoji} b`), `a ${emoji} b`, emoji);
    t.equal(displayText(emoji.repeat(2), 1), `${emoji}…`, emoji);
  }
  t.equal(clean(Array(6).fill("👍").join("\u200d")), `${Array(4).fill("👍").join("\u200d")}👍\u200d👍`);
  for (const text of ["\u200d👍", "👍\u200d", "👍\u200da", "1\u200d👍", "👍\u200c👍"]) {
    t.equal(clean(text), text.replace(/[\u200c\u200d]/, ""), JSON.stringify(text));
  }
  t.equal(clean("👍\u200d\u200d👍"), "👍👍");
});

t.test("keeps a joiner where its script needs one", async (t) => {
  for (const text of [
    "می\u200cخواهم", // Persian
    "شِ\u200cم",
    "ܡ\u200cܡ", // Syriac
    "ᠮ\u200cᠮ", // Mongolian
    "ශ\u0dca\u200dර\u0dd3", // Sinhala
    "क\u094d\u200dष", // Devanagari, with a half form
    "क\u094d\u200cष",
    "ক\u09cd\u200cষ", // Bengali
    "র\u200d\u09cdযাব",
    "ਕ\u0a4d\u200cਸ਼", // Gurmukhi
    "ક\u0acd\u200cષ", // Gujarati
    "କ\u0b4d\u200cଷ", // Oriya
    "க\u0bcd\u200cஷ", // Tamil
    "ఫేస\u0c4d\u200cబుక\u0c4d", // Telugu
    "ರ\u200d\u0ccdಕ", // Kannada
    "തമിഴ\u0d4d\u200cനാട\u0d4d", // Malayalam
  ]) {
    const name = text.normalize("NFC");
    t.equal(clean(name), name, name);
  }
  t.equal(displayText("می\u200cخواهم", 2), "می…", "none before a cut");
});

t.test("drops every other joiner", async (t) => {
  for (const text of [
    "Cla\u200cude",
    "q\u200d\u0323b",
    "а\u200dб",
    "می\u200c\u200cخ",
    "می\u200c\u200dخ",
    "می\u200c\u034f\u200cخ",
    "می\u200dخ",
    "می\u200ca",
    "a\u200cخ",
    "\u200cمی\u200c",
    "می\u200c خ",
    "क\u200cष",
    "क\u094d\u200d",
    "क\u094d\u200da",
    "a\u094d\u200dक",
    "क\u094d\u200d\u094dष",
  ]) {
    t.equal(clean(text), text.replace(/\u200c|\u200d|\u034f/g, "").normalize("NFC"), JSON.stringify(text));
  }
  t.equal(clean("\u094d\u200dक"), "क", "nor one that a dropped mark leaves at the start");
  t.equal(clean(`क${"\u200d\u094d".repeat(5)}ष`), `क${"\u094d".repeat(3)}ष`, "nor one between stacked marks");
});

t.test("cuts between graphemes", async (t) => {
  t.equal(displayText("👨‍👩‍👧‍👦".repeat(4), 3), `${"👨‍👩‍👧‍👦".repeat(3)}…`);
  t.equal(displayText("e\u0323\u0302".repeat(3), 2), `${"ệ".repeat(2)}…`);
  t.equal(displayText("ab c", 3), "ab…");
  t.equal(displayText("abc", 3), "abc");
});
