import { sha256Hex } from "@fjmcp/shared/hash";
import type { AccountId, ClientId, GrantId, Hash } from "@fjmcp/shared/ids";
import t from "tap";
import type { ActiveExchanges } from "../../src/session/active-exchanges.ts";
import { createSubscriptions } from "../../src/session/create-subscriptions.ts";
import { GrantAccess } from "../../src/session/grant-access.ts";
import type { SessionStore } from "../../src/session/session-store.ts";
import type { WorkerPool } from "../../src/worker/worker-pool.ts";

const grantId = "g" as GrantId;
const caller = { grantId, accountId: "7" as AccountId, clientId: "c" as ClientId, accessToken: "token" };
const limited = { message: /already has 1000 subscriptions/ };

/** Of one account, whose child accepts all but `slow:` at once. */
function setUp() {
  const listening = new Set<Hash>();
  const pool = {
    subscribe: (_caller: unknown, uri: string) =>
      uri.startsWith("slow:") ? new Promise(() => undefined) : Promise.resolve(undefined),
    unsubscribe: () => undefined,
  };
  const { subscriptions, table } = createSubscriptions({
    pool: () => pool as unknown as WorkerPool,
    exchanges: {
      isListening: (_accountId: AccountId, session: Hash) => listening.has(session),
    } as unknown as ActiveExchanges,
    grants: new GrantAccess(),
    includes: () => true,
    reverify: async () => true,
    store: { setSubscriptions: async () => undefined } as unknown as SessionStore,
  });
  const subscribe = (session: string, uri: string) =>
    subscriptions.subscribe(caller, sha256Hex(session), uri);
  /** So many subscriptions of sessions with an open stream. */
  async function fill(count: number): Promise<void> {
    for (let i = 0; i < count; i += 1) {
      const session = `listening ${Math.floor(i / 100)}`;
      listening.add(sha256Hex(session));
      await subscribe(session, `filled:${i}`);
    }
  }
  return { fill, subscribe, subscriptions, uris: () => [...table.uris(grantId)] };
}

t.test("ends those of another session without a stream at the limit of an account", async (t) => {
  const { fill, subscribe, uris } = setUp();
  await subscribe("abandoned", "a:");
  await fill(999);
  await subscribe("new", "b:");
  t.notOk(uris().includes("a:"));
  t.ok(uris().includes("b:"));
});

t.test("ends none of the session that subscribes", async (t) => {
  const { fill, subscribe, uris } = setUp();
  await subscribe("mine", "a:");
  await fill(999);
  await t.rejects(subscribe("mine", "b:"), limited);
  t.ok(uris().includes("a:"));
});

t.test("does not wait for a session that has none any more, or none yet", async (t) => {
  const { fill, subscribe, subscriptions } = setUp();
  await subscribe("mine", "a:");
  await subscriptions.unsubscribe(sha256Hex("mine"), "a:");
  void subscribe("slow", "slow:");
  await fill(999);
  await t.rejects(subscribe("mine", "b:"), limited);
  await t.rejects(subscribe("other", "b:"), limited);
});
