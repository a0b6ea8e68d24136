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
