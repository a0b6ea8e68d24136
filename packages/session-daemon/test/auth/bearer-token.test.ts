import { bearerToken } from "../../src/auth/bearer-token.ts";
import t from "tap";
import { cpuMs } from "../support/cpu-time.ts";

t.test("reads the token of a Bearer header in any letter case and with spaces around it", async (t) => {
  for (const header of ["Bearer abc", "bearer abc", "BEARER   abc", "Bearer abc  "]) {
    t.equal(bearerToken(header), "abc", header);
  }
});

t.test("finds no token in a missing header, an empty one or another scheme", async (t) => {
  for (const header of [undefined, "", "Bearer", "Bearer   ", "Bearerabc", "Basic abc", " Bearer abc"]) {
    t.equal(bearerToken(header), undefined, String(header));
  }
});

t.test("reads a header that is made to be slow as quickly as any other", async (t) => {
  const spaces = " ".repeat(200_000);
  for (const header of [`bearer${spaces}`, `bearer x${spaces}x`, `bearer ${"x ".repeat(100_000)}x`]) {
    t.ok(cpuMs(() => bearerToken(header)) < 2_000, header.slice(0, 10));
  }
});
