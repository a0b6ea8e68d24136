import t from "tap";
import { formatTokenPlan, parseTokenPlan } from "../../src/login/token-plan.ts";

const access = { scopes: ["forgejo:read"], toolsets: ["issues", "wiki"] } as const;

t.test("keeps what was typed", async (t) => {
  for (const name of ["nightly-ci", "a=b&c “ü” ~.", "語".repeat(80), ""]) {
    const plan = { access, name, days: "30" };
    t.same(parseTokenPlan(formatTokenPlan(plan)), plan);
  }
});

t.test("is bounded: a name of many bytes is left out", async (t) => {
  const text = formatTokenPlan({ access, name: "👩‍👩‍👧‍👦".repeat(80), days: "30" });
  t.ok(text.length <= 1000);
  t.same(parseTokenPlan(text), { access, name: "", days: "30" });
});

t.test("cleans a text from outside", async (t) => {
  t.same(parseTokenPlan(`access=w_wiki_x&days=1e9&name=a%00%E2%80%AEb${"c".repeat(200)}`), {
    access: { scopes: ["forgejo:read", "forgejo:write"], toolsets: ["wiki"] },
    name: `ab${"c".repeat(78)}…`,
    days: "",
  });
  t.equal(parseTokenPlan("name=a&days=3"), undefined);
});
