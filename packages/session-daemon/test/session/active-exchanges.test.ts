import t from "tap";
import { sha256Hex } from "@fjmcp/shared/hash";
import { branded, type AccountId, type ClientId, type GrantId } from "@fjmcp/shared/ids";
import { ActiveExchanges, type StandaloneStream } from "../../src/session/active-exchanges.ts";

/** A stream that notes its end. */
function openStream(exchanges: ActiveExchanges, account: string, session: string) {
  const owner = {
    accountId: branded<AccountId>().parse(account),
    clientId: branded<ClientId>().parse("client"),
    grantId: branded<GrantId>().parse(account),
  };
  const stream: StandaloneStream & { isEnded: boolean } = {
    owner,
    recipient: owner,
    session: sha256Hex(session),
    isConnected: true,
    hasRoom: true,
    isEnded: false,
    revoke: () => undefined,
    tick: () => undefined,
    send: () => undefined,
    end() {
      this.isEnded = true;
    },
  };
  exchanges.addStream(stream);
  return stream;
}

t.test("beyond 2000 streams the account that has the most loses its oldest", async (t) => {
  const exchanges = new ActiveExchanges();
  const honest = openStream(exchanges, "honest", "session");
  const hostile = [];
  for (let i = 0; i < 2_500; i++) hostile.push(openStream(exchanges, "hostile", `session ${i}`));
  const late = openStream(exchanges, "late", "session");
  t.notOk(honest.isEnded);
  t.notOk(late.isEnded);
  t.equal(exchanges.streamCount, 2_000);
  t.equal(
    hostile.findIndex(({ isEnded }) => !isEnded),
    502,
  );
});

t.test("calls without a session come and go in any order, and a revocation meets those in flight", (t) => {
  const exchanges = new ActiveExchanges();
  const revoked: string[] = [];
  const owner = openStream(new ActiveExchanges(), "account", "session").owner;
  const callOf = (name: string) => ({
    owner,
    place: undefined,
    revoke: () => void revoked.push(name),
    tick: () => undefined,
  });
  const [first, second, third, fourth] = [
    callOf("first"),
    callOf("second"),
    callOf("third"),
    callOf("fourth"),
  ];
  for (const call of [first, second, third]) exchanges.add(call);
  exchanges.delete(fourth);
  exchanges.delete(second);
  exchanges.delete(second);
  exchanges.delete(first);
  exchanges.add(fourth);
  exchanges.add(fourth);
  t.equal(exchanges.callCount, 2);
  exchanges.revoke(() => true);
  t.same(revoked.toSorted(), ["fourth", "third"]);
  for (const call of [third, fourth]) exchanges.delete(call);
  t.equal(exchanges.callCount, 0);
  t.end();
});
