import { Redactor } from "../../../src/worker/child/redactor.ts";
import type { Chunks } from "../../../src/jsonrpc/chunks.ts";
import t from "tap";

const token = "eyJhbGciOiJSUzI1NiJ9.eyJnbnQiOjF9.c2lnbmF0dXJl-of_it";
const redactor = redactorOf(token);

function redactorOf(secret: string): Redactor {
  const redactor = new Redactor();
  redactor.learn(secret);
  return redactor;
}

t.test("a line without the token stays the very same chunks", async (t) => {
  const line: Chunks = [Buffer.from("nothing of interest 😀")];
  t.equal(redactor.line(line), line);
});

t.test("the token is removed from a line, every other byte stays", async (t) => {
  const line = Buffer.concat([Buffer.from(`😀 ${token}`), Buffer.from([0xff]), Buffer.from(`${token}\r`)]);
  const wanted = Buffer.concat([
    Buffer.from("😀 [redacted]"),
    Buffer.from([0xff]),
    Buffer.from("[redacted]\r"),
  ]);
  t.same(redactor.line([line]), [wanted]);
  for (let cut = 1; cut < line.length; cut++) {
    t.same(redactor.line([line.subarray(0, cut), line.subarray(cut)]), [wanted], `cut at ${cut}`);
  }
});

t.test("everything that looks like a token is removed from texts", async (t) => {
  t.equal(redactor.text(`a ${token} b`), "a [redacted] b");
  t.equal(redactor.text("Authorization: Bearer abcdefghijklmnop0123"), "Authorization: Bearer [redacted]");
  t.equal(redactor.text("token 0123456789abcdef0123456789abcdef01234567 is bad"), "token [redacted] is bad");
  t.equal(
    redactor.text("GET /api/v1/user?access_token=secret&limit=1"),
    "GET /api/v1/user?access_token=[redacted]&limit=1",
  );
  t.equal(redactor.text("old eyJhbGciOiJSUzI1NiJ9.eyJh.c2ln failed"), "old [redacted] failed");
  t.equal(redactor.text("token is required"), "token is required");
});

t.test("a text of any length and content is searched at its beginning alone", async (t) => {
  for (const unit of [
    "eyJaaaaaaaa-",
    "eyJaaaaaaaa.",
    "token ",
    "token\t",
    "?token=",
    "bearer  ",
    "a",
    "token a",
  ]) {
    const text = Buffer.from(unit.repeat(12_000_000 / unit.length));
    const kept = text.length - 33 * 1024;
    t.ok(redactor.beginning(text).subarray(-kept).equals(text.subarray(-kept)), unit);
  }
});

/** With characters that the encodings write in another way. */
const tokens = [token, "0123456789abcdef0123456789abcdef01234567", 'a+b/c=d"e>>>???~~~ 0123456789'];

t.test("a token is found in its encoded forms, in any line", async (t) => {
  for (const secret of tokens) {
    const json = JSON.stringify(secret).slice(1, -1);
    const lower = encodeURIComponent(secret).replaceAll(/%../g, (code) => code.toLowerCase());
    const forms = [secret, json, json.replaceAll("/", "\\/"), encodeURIComponent(secret), lower];
    for (const encoding of ["base64", "base64url"] as const) {
      for (const before of ["", "a", "ab", "user:", "alice:"]) {
        for (const after of ["", "z", "zz"])
          forms.push(Buffer.from(before + secret + after).toString(encoding));
      }
    }
    for (const form of forms) {
      const text = `{"text":"${form} end"}`;
      const [redacted] = redactorOf(secret).line([
        Buffer.from(text.slice(0, 40)),
        Buffer.from(text.slice(40)),
      ]);
      t.match(redacted.toString(), /^\{"text":".{0,8}\[redacted\].{0,8} end"\}$/, form);
    }
  }
});

t.test("a short token is not searched for", async (t) => {
  const line: Chunks = [Buffer.from("a text with a short token: short")];
  t.equal(redactorOf("short").line(line), line);
});

t.test("the beginning of a text is redacted, what follows stays", async (t) => {
  const text = Buffer.from(`?token=secret ${"é".repeat(20_000)} ?token=late`);
  t.equal(redactor.beginning(text).toString(), text.toString().replace("=secret", "=[redacted]"));
  const across = Buffer.from(`${"x".repeat(16 * 1024 - 12)} token ${"a".repeat(500)} end`);
  t.match(redactor.beginning(across).toString(), /x token \[redacted\] end$/);
  const harmless = Buffer.from("é".repeat(20_000));
  t.equal(redactor.beginning(harmless), harmless);
});
