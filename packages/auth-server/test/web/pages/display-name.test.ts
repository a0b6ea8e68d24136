import t from "tap";
import { displayName } from "../../../src/web/pages/display-name.ts";

t.test("shows a name that can be read", async (t) => {
  for (const name of ["Claude", "7", "日本語", "🤖", "👨‍👩‍👧‍👦"]) t.equal(displayName(name), name);
});

t.test("gives none for a name in which nothing can be read", async (t) => {
  for (const name of [
    undefined,
    "",
    " \u00a0\u3000",
    "\u3164",
    "\u2800\u2800",
    "\u034f",
    "\u0301",
    ".",
    "—·",
    "ˈ´",
  ]) {
    t.equal(displayName(name), undefined);
  }
});
