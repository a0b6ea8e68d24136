import t from "tap";
import { branded, type AccountId } from "@fjmcp/shared/ids";
import type { SlotOccupant } from "../../../src/worker/pool/slot-holders.ts";
import { WorkerSlots, type WorkerSlot } from "../../../src/worker/pool/worker-slots.ts";

const ended = new AbortController();
t.teardown(() => ended.abort());
const account = (name: string) => branded<AccountId>().parse(name);

/** Occupies a slot; idle and busy as the test says, and gone as soon as it is ended or retired while idle. */
class Occupant implements SlotOccupant {
  idleSinceMs: number | undefined;
  isRetiring = false;
  readonly slot: WorkerSlot;
  isGone = false;

  constructor(slot: WorkerSlot, idleSinceMs?: number) {
    this.slot = slot;
    this.idleSinceMs = idleSinceMs;
    slot.occupy(this);
  }

  async end() {
    if (this.isGone) return;
    this.isGone = true;
    await Promise.resolve();
    this.slot.release();
  }

  retire() {
    this.isRetiring = true;
    if (this.idleSinceMs !== undefined) void this.end();
  }

  becomeIdle(slots: WorkerSlots, sinceMs = performance.now()) {
    this.idleSinceMs = sinceMs;
    if (this.isRetiring) void this.end();
    else slots.serveWaiting();
  }
}

function acquire(slots: WorkerSlots, who: string, more: { waitsForBusy?: boolean; timeoutMs?: number } = {}) {
  return slots.acquire(
    account(who),
    {
      waitsForBusy: more.waitsForBusy ?? true,
      exempt: undefined,
      queueTimeoutMs: more.timeoutMs ?? 10_000,
    },
    ended.signal,
  );
}

async function occupy(slots: WorkerSlots, who: string, count: number, idleSinceMs?: number) {
  const occupants: Occupant[] = [];
  for (let i = 0; i < count; i++)
    occupants.push(
      new Occupant(await acquire(slots, who), idleSinceMs === undefined ? undefined : idleSinceMs + i),
    );
  return occupants;
}

/** Requests a slot and notes who gets one, in order. */
function request(slots: WorkerSlots, who: string, served: string[]): void {
  void acquire(slots, who).then(
    (slot) => {
      served.push(who);
      return slot;
    },
    () => served.push(`${who} failed`),
  );
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

t.test("a waiting account gets a slot before another one gets its second", async (t) => {
  const slots = new WorkerSlots({ total: 3, perAccount: 3 });
  const [first, second] = await occupy(slots, "a", 3);
  const served: string[] = [];
  for (let i = 0; i < 100; i++) request(slots, "a", served);
  for (const who of ["b", "c"]) request(slots, who, served);
  for (const occupant of [first!, second!]) {
    void occupant.end();
    await turn();
  }
  t.strictSame(served, ["b", "c"]);
});

t.test("accounts with as many workers are served in turn, not in the order of their requests", async (t) => {
  const slots = new WorkerSlots({ total: 4, perAccount: 4 });
  const occupants = [...(await occupy(slots, "x", 2)), ...(await occupy(slots, "y", 2))];
  const served: string[] = [];
  for (const who of ["a", "a", "a", "b", "b", "c"]) request(slots, who, served);
  for (const occupant of occupants) {
    void occupant.end();
    await turn();
  }
  t.strictSame(served, ["a", "b", "c", "a"]);
});

t.test(
  "the account with the most workers gives first, and of these the one that is idle longest",
  async (t) => {
    const slots = new WorkerSlots({ total: 5, perAccount: 5 });
    const [small] = await occupy(slots, "small", 1, 1);
    const large = await occupy(slots, "large", 4, 10);
    for (let i = 0; i < 3; i++) await acquire(slots, "new");
    t.strictSame(
      large.map(({ isGone }) => isGone),
      [true, true, true, false],
    );
    t.notOk(small!.isGone, "though it was idle longest of all");
  },
);

t.test("a worker that is always busy is retired for an account with fewer workers", async (t) => {
  const slots = new WorkerSlots({ total: 4, perAccount: 4 });
  const busy = await occupy(slots, "hoarder", 4);
  const served: string[] = [];
  for (const who of ["b", "b", "b", "b"]) request(slots, who, served);
  await turn();
  t.equal(busy.filter(({ isRetiring }) => isRetiring).length, 2, "as many as make both accounts equal");
  for (const occupant of busy.filter(({ isRetiring }) => isRetiring)) occupant.becomeIdle(slots);
  await turn();
  await turn();
  t.strictSame(served, ["b", "b"]);
});

t.test("an account's many requests evict no more workers than it may have itself", async (t) => {
  const slots = new WorkerSlots({ total: 20, perAccount: 4 });
  const idle = [];
  for (const who of ["a", "b", "c", "d"]) idle.push(...(await occupy(slots, who, 4, 1)));
  idle.push(...(await occupy(slots, "e", 2, 1)));
  const served: string[] = [];
  for (let i = 0; i < 100; i++) request(slots, "greedy", served);
  for (let i = 0; i < 10; i++) await turn();
  t.equal(served.length, 4);
  // Two slots were free; the first request takes one of these, which are the reserved ones.
  t.equal(idle.filter(({ isGone }) => isGone).length, 4);
});

t.test("no worker is retired for the successor of another worker", async (t) => {
  const slots = new WorkerSlots({ total: 4, perAccount: 4 });
  const busy = await occupy(slots, "hoarder", 4);
  await t.rejects(acquire(slots, "b", { waitsForBusy: false }), { message: /all are busy/ });
  t.notOk(busy.some(({ isRetiring }) => isRetiring));
});

t.test("seven accounts cannot hold all of fifty slots: a new account gets one at once", async (t) => {
  const slots = new WorkerSlots({ total: 50, perAccount: 8 });
  const served: string[] = [];
  for (let round = 0; round < 8; round++)
    for (let i = 0; i < 7; i++)
      acquire(slots, `a${i}`).then(
        (slot) => new Occupant(slot),
        () => undefined,
      );
  await turn();
  for (const who of ["b", "c", "d"]) request(slots, who, served);
  await turn();
  t.strictSame(served, ["b", "c", "d"]);
});

t.test(
  "with ten greedy accounts at fifty slots none waits while another holds more than its share",
  async (t) => {
    const slots = new WorkerSlots({ total: 50, perAccount: 50 });
    const held = new Map<string, Set<Occupant>>();
    const take = async (who: string) => {
      const occupant = new Occupant(await acquire(slots, who, { timeoutMs: 60_000 }));
      const own = held.get(who) ?? new Set();
      held.set(who, own.add(occupant));
    };
    const names = Array.from({ length: 10 }, (_, i) => `a${i}`);
    // Each in turn takes all that it can get, and wants more.
    for (const who of names) {
      for (let i = 0; i < 60; i++) take(who).catch(() => undefined);
      await turn();
    }
    // Calls end in any order: a worker that retires goes, any other stays busy.
    for (let rounds = 0; rounds < 100; rounds++) {
      for (const own of held.values())
        for (const occupant of own)
          if (occupant.isRetiring) {
            own.delete(occupant);
            void occupant.end();
          }
      await turn();
    }
    const counts = names.map((who) => held.get(who)?.size ?? 0);
    t.ok(Math.max(...counts) <= 8, counts.join(" "));
    t.ok(Math.min(...counts) >= 4, counts.join(" "));
  },
);

t.test("an account has 128 requests in the queue at most, and another account has its own", async (t) => {
  const slots = new WorkerSlots({ total: 1, perAccount: 1 });
  await occupy(slots, "x", 1);
  const served: string[] = [];
  for (let i = 0; i < 128; i++) request(slots, "a", served);
  await t.rejects(acquire(slots, "a"), { kind: "failed", message: /128 .*waiting/ });
  request(slots, "b", served);
  await turn();
  t.strictSame(served, []);
});
