import t from "tap";
import { parseChildJson, tooCostly } from "../../src/jsonrpc/parse-child-json.ts";
import { cpuMs } from "../support/cpu-time.ts";

t.test("keeps the digits of a child's numbers, however many", async (t) => {
  for (const number of [
    "1.0",
    "9007199254740993",
    "9".repeat(999),
    "9".repeat(5_000),
    `0.${"1".repeat(70_000)}`,
  ]) {
    const text = `{"n":${number}}`;
    t.equal(JSON.stringify(parseChildJson(text)), text, `${number.slice(0, 20)} (${number.length})`);
  }
});

t.test("parses what would cost too much in a client's message", async (t) => {
  const text = `{"a":[${Array.from({ length: 60_000 }, (_, i) => i).join(",")}],"b":"${'\\"'.repeat(700_000)}"}`;
  t.equal(JSON.stringify(parseChildJson(text)), text);
});

t.test("returns undefined for what is not JSON", async (t) => {
  for (const text of ["", "{", "[1 2]", "[".repeat(300)]) {
    t.equal(parseChildJson(text), undefined, text.slice(0, 20));
  }
});

t.test("gives up on what is nested too deep", async (t) => {
  const nested = (levels: number) => "[".repeat(levels) + "]".repeat(levels);
  t.equal(JSON.stringify(parseChildJson(nested(256))), nested(256));
  t.equal(parseChildJson(nested(257)), tooCostly);
  t.equal(parseChildJson(`{"a":${nested(100_000)}}`), tooCostly);
});

t.test("gives up, in little time, on what would block the event loop", async (t) => {
  const list = (value: string) => `{"a":[${`${value},`.repeat(4_000_000)}1]}`;
  const different = Array.from({ length: 300_000 }, (_, i) => `"${i}":0`).join(",");
  for (const text of [list("{}"), list("[]"), list("1"), list('{"a":1}'), `{${different}}`]) {
    const ms = cpuMs(() => t.equal(parseChildJson(text), tooCostly, text.slice(0, 20)));
    t.ok(ms < 3_000, text.slice(0, 20));
  }
});

t.test("parses a long list of objects, and any length of strings", async (t) => {
  const issue = { id: 12_345, title: "a title", labels: ["bug"], closed: null, user: { login: "alice" } };
  const text = JSON.stringify({
    issues: Array.from({ length: 20_000 }, () => issue),
    file: "line\n".repeat(1_000_000),
  });
  t.equal(JSON.stringify(parseChildJson(text)), text);
});
