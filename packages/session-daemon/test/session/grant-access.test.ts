import t from "tap";
import { branded, type AccountId, type GrantId } from "@fjmcp/shared/ids";
import { GrantAccess } from "../../src/session/grant-access.ts";

const grant = (grantId: string) => ({
  grantId: branded<GrantId>().parse(grantId),
  accountId: branded<AccountId>().parse("1"),
});

t.test("reports that the newest token of a grant allows something else", async (t) => {
  const access = new GrantAccess();
  t.notOk(access.observe(grant("a"), "all", 10), "the first");
  t.notOk(access.observe(grant("a"), "all", 11), "equal");
  t.ok(access.observe(grant("a"), "less", 11));
  t.notOk(access.observe(grant("a"), "all", 10), "an older token");
  t.notOk(access.observe(grant("a"), "less", 11));
  t.notOk(access.observe(grant("b"), "all", 1), "another grant");
  t.ok(access.observe(grant("a"), "all", 12));
});
