import t from "tap";
import type { GrantUsesRequest } from "@fjmcp/shared/ipc/grant-uses";
import type { AccountId, GrantId } from "@fjmcp/shared/ids";
import { GrantUses } from "../../src/session/grant-uses.ts";

type Uses = GrantUsesRequest["uses"];

function setup() {
  const reports: Uses[] = [];
  let nowMs = 0;
  let fails = false;
  const uses = new GrantUses(
    () => ++nowMs,
    async (batch) => {
      if (fails) throw new Error("away");
      reports.push([...batch]);
    },
  );
  const mark = (grant: string) => uses.mark({ grantId: grant as GrantId, accountId: "7" as AccountId });
  const call = (grant: string, tool: string) =>
    uses.markTool({ grantId: grant as GrantId, accountId: "7" as AccountId }, tool);
  return { uses, mark, call, reports, setFails: (value: boolean) => (fails = value) };
}

t.test("reports each grant once, with its last use, and nothing twice", async (t) => {
  const { uses, mark, reports } = setup();
  for (const grant of ["a", "b", "a"]) mark(grant);
  await uses.flush();
  await uses.flush();
  t.same(reports, [
    [
      { grantId: "a", accountId: "7", usedAtMs: 3 },
      { grantId: "b", accountId: "7", usedAtMs: 2 },
    ],
  ]);
});

t.test("keeps what could not be reported, and newer uses win", async (t) => {
  const { uses, mark, reports, setFails } = setup();
  mark("a");
  mark("b");
  setFails(true);
  const failing = uses.flush();
  mark("a");
  await t.rejects(failing, { message: "away" });
  setFails(false);
  await uses.flush();
  t.same(
    new Map(reports.flat().map((use) => [use.grantId, use.usedAtMs])),
    new Map([
      ["a", 3],
      ["b", 2],
    ]),
  );
});

t.test("sends batches of at most 1,000, and holds at most 10,000 grants", async (t) => {
  const { uses, mark, reports } = setup();
  for (let i = 0; i < 10_500; i++) mark(`g${i}`);
  await uses.flush();
  t.equal(reports.length, 10);
  t.equal(Math.max(...reports.map((batch) => batch.length)), 1000);
  t.equal(reports[0]![0]!.grantId, "g500", "the first are dropped");
});

t.test("reports the names of the last five tools, the last one first, and no name twice", async (t) => {
  const { uses, mark, call, reports } = setup();
  for (const tool of ["a", "b", "c", "d", "e", "f", "d", "d"]) call("a", tool);
  mark("a");
  call("a", "not a name");
  call("a", "x".repeat(129));
  mark("b");
  await uses.flush();
  const [[first, second]] = reports as [Uses];
  t.same(first!.tools, ["d", "f", "e", "c", "b"]);
  t.equal(second!.tools, undefined);
  call("a", "g");
  await uses.flush();
  t.same(reports[1]![0]!.tools, ["g"], "only what is new");
});

t.test("keeps the names of a report that failed", async (t) => {
  const { uses, mark, call, reports, setFails } = setup();
  for (const tool of ["a", "b"]) call("a", tool);
  call("b", "z");
  setFails(true);
  const failing = uses.flush();
  call("a", "c");
  mark("b");
  await t.rejects(failing);
  setFails(false);
  await uses.flush();
  const tools = Object.fromEntries(reports.flat().map((use) => [use.grantId, use.tools]));
  t.same(tools, { a: ["c", "b", "a"], b: ["z"] });
});
