import { sha256Hex } from "@fjmcp/shared/hash";
import type { AccountId, ClientId, GrantId } from "@fjmcp/shared/ids";
import type { SessionRecord } from "@fjmcp/shared/session-record";
import t from "tap";
import type { ToolAccess } from "../../src/policy/tool-access.ts";
import type { ActiveExchanges } from "../../src/session/active-exchanges.ts";
import { SessionSubscriptions } from "../../src/session/session-subscriptions.ts";
import type { Subscriber } from "../../src/session/subscription-table.ts";

const owner = { grantId: "g" as GrantId, accountId: "7" as AccountId, clientId: "c" as ClientId };
const caller = { ...owner, accessToken: "token" };
const access = {} as ToolAccess;
const uri = "file:///a";
const record: SessionRecord = {
  ...owner,
  protocolVersion: "2025-11-25",
  clientName: "client",
  clientVersion: "1",
  createdAtSec: 0,
  subscriptions: [uri],
};
const session = { hash: sha256Hex("session"), record };

/** With the subscribers of the child, in the order of their requests. */
function setUp() {
  const subscribers: Subscriber[] = [];
  const subscriptions = new SessionSubscriptions({
    exchanges: { isListening: () => false, newestStream: () => undefined } as unknown as ActiveExchanges,
    includes: () => true,
    store: { setSubscriptions: async () => undefined },
    subscriptions: {
      async subscribe(_caller, _uri, subscriber) {
        subscribers.push(subscriber);
        return () => undefined;
      },
    },
  });
  return { subscriptions, subscribers };
}

t.test("evicts a session whose subscriptions have ended once it was not used for a while", async (t) => {
  const { subscriptions, subscribers } = setUp();
  subscriptions.use(caller, session, access);
  t.equal(subscribers.length, 1);
  subscriptions.prune(-1);
  subscriptions.use(caller, session, access);
  t.equal(subscribers.length, 1, "one that has subscriptions is kept");
  subscribers[0]!.onEnded!();
  subscriptions.prune(60_000);
  subscriptions.use(caller, session, access);
  t.equal(subscribers.length, 1, "what has ended is not made again while the session is used");
  subscriptions.prune(-1);
  subscriptions.use(caller, session, access);
  t.equal(subscribers.length, 2);
});
