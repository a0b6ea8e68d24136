import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { branded, type AccountId, type ClientId, type GrantId } from "@fjmcp/shared/ids";
import { GrantAccess } from "../../src/session/grant-access.ts";

const grant = (grantId: string) => ({
  grantId: branded<GrantId>().parse(grantId),
  accountId: branded<AccountId>().parse("1"),
  clientId: branded<ClientId>().parse("client"),
});
/** A token that may write or not. */
const token = (allows: "all" | "less", issuedAtSec: number) => ({
  hash: sha256Hex(allows),
  access: { canWrite: allows === "all", toolsets: 1, requestedWrite: true, narrowing: undefined },
  issuedAtSec,
});

t.test("reports that the newest token of a grant allows something else", async (t) => {
  const access = new GrantAccess();
  t.notOk(access.observe(grant("a"), token("all", 10)), "the first");
  t.notOk(access.observe(grant("a"), token("all", 11)), "equal");
  t.ok(access.observe(grant("a"), token("less", 11)));
  t.notOk(access.observe(grant("a"), token("all", 10)), "an older token");
  t.notOk(access.observe(grant("a"), token("less", 11)));
  t.notOk(access.observe(grant("b"), token("all", 1)), "another grant");
  t.ok(access.observe(grant("a"), token("all", 12)));
});

t.test("knows the newest token of a grant until the grant is deleted", async (t) => {
  const access = new GrantAccess();
  access.observe(grant("a"), token("all", 10));
  access.observe(grant("a"), token("less", 11));
  access.observe(grant("a"), token("all", 10));
  access.observe(grant("b"), token("all", 1));
  t.match(access.newest(grant("a").grantId), { issuedAtSec: 11, access: { canWrite: false } });
  access.delete(({ grantId }) => grantId === grant("a").grantId);
  t.equal(access.newest(grant("a").grantId), undefined);
  t.ok(access.newest(grant("b").grantId));
});
