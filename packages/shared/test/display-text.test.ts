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

t.test("cuts between graphemes", async (t) => {
  t.equal(displayText("👨‍👩‍👧‍👦".repeat(4), 3), `${"👨‍👩‍👧‍👦".repeat(3)}…`);
  t.equal(displayText("e\u0323\u0302".repeat(3), 2), `${"ệ".repeat(2)}…`);
  t.equal(displayText("ab c", 3), "ab…");
  t.equal(displayText("abc", 3), "abc");
});
