import t from "tap";
import {
  compareScope,
  coversReading,
  forgejoReadOnlyScope,
  forgejoScope,
  readOnlyScopeOf,
  suggestedForgejoScope,
} from "../../../src/upstream/forgejo/forgejo-scope.ts";

t.test("rejects a scope that Forgejo treats as full access or that grants too much", (t) => {
  const faults: [string, RegExp][] = [
    ["", /read:user/],
    ["openid", /read:user/],
    ["read:user all", /`all`/],
    ["read:user repo", /"repo"/],
    ["read:repo read:user", /"read:repo"/],
    ["read:user,write:issue read:user", /"read:user,write:issue"/],
    ["read:user READ:issue", /"READ:issue"/],
    ["read:user read:admin", /admin/],
    ["write:repository", /read:user/],
  ];
  for (const [text, message] of faults) {
    const { error } = forgejoScope().safeParse(text);
    t.match(error?.issues.map((issue) => issue.message).join("\n"), message, text);
  }
  t.end();
});

t.test("accepts a valid scope and normalises its spaces", (t) => {
  t.equal(forgejoScope().parse(suggestedForgejoScope), suggestedForgejoScope);
  t.equal(forgejoScope().parse("  openid   write:user public-only\n"), "openid write:user public-only");
  t.end();
});

t.test("compares granted and configured scope as Forgejo evaluates them", (t) => {
  const rows: [configured: string, granted: string, missing: string[], excess: string[]][] = [
    ["openid read:user", "read:user profile", [], []],
    ["read:user write:issue", "write:issue read:issue read:user", [], []],
    ["read:user write:issue", "read:issue read:user", ["write:issue"], []],
    ["read:user write:issue", "read:user", ["write:issue"], []],
    ["read:user read:issue", "read:user write:issue", [], ["write:issue"]],
    ["read:user", "read:user read:package", [], ["read:package"]],
    ["read:user write:issue", "read:user write:package", ["write:issue"], ["write:package"]],
    ["read:user", "", [], ["all"]],
    ["read:user", "openid email", [], ["all"]],
    ["read:user", "read:user all", [], ["all"]],
    ["read:user", "read:user sudo", [], ["sudo"]],
    ["read:user", "read:user public-only", ["private repositories"], []],
    ["read:user public-only", "read:user", [], ["private repositories"]],
  ];
  for (const [configured, granted, missing, excess] of rows) {
    t.same(compareScope(configured, granted), { missing, excess }, `${configured} / ${granted}`);
  }
  t.end();
});

t.test("derives the scope that only reads, and knows whether another one covers it", (t) => {
  const reading = "openid read:user read:repository read:issue read:organization read:notification";
  t.equal(readOnlyScopeOf(suggestedForgejoScope), reading);
  t.equal(readOnlyScopeOf("read:user write:user public-only"), "read:user public-only");
  t.ok(coversReading(reading, suggestedForgejoScope));
  t.ok(coversReading(`${reading} read:package`, suggestedForgejoScope));
  t.notOk(coversReading("read:user read:issue", suggestedForgejoScope));
  t.notOk(coversReading(`${reading} public-only`, suggestedForgejoScope));
  t.notOk(coversReading("read:user", "read:user public-only"), "it would include what is private");
  t.throws(() => forgejoReadOnlyScope().parse("read:user write:issue"), /must hold no write scope/);
  t.throws(() => forgejoReadOnlyScope().parse("read:issue"), /read:user/);
  t.end();
});
