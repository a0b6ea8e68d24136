import { Redactor } from "../../../src/worker/child/redactor.ts";
import type { Chunks } from "../../../src/jsonrpc/chunks.ts";
import t from "tap";

const token = "eyJhbGciOiJSUzI1NiJ9.eyJnbnQiOjF9.c2lnbmF0dXJl-of_it";
const redactor = new Redactor(token);

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

t.test("a text that is crafted to be slow is redacted in linear time", async (t) => {
  for (const unit of ["eyJaaaaaaaa-", "eyJaaaaaaaa.", "token ", "token\t", "?token=", "bearer  "]) {
    const startedAtMs = performance.now();
    redactor.text(unit.repeat(2_000_000 / unit.length));
    t.ok(performance.now() - startedAtMs < 2_000, unit);
  }
});
