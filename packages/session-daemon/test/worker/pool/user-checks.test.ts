import { getEventListeners } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { createLog } from "@fjmcp/shared/log";
import type { UserCheckResponse } from "@fjmcp/shared/ipc/user-check";
import t from "tap";
import { StartFailedError } from "../../../src/worker/calls/call-errors.ts";
import { UserChecks } from "../../../src/worker/pool/user-checks.ts";
import { createWorkerEvents } from "../../../src/worker/worker-events.ts";
import { caller, lasting, nextId, runPool, toolText, useTool } from "../../support/run-pool.ts";

const who = caller();
const command = childCommand("echo");

/** A pool that records its user checks and gives each the result of `respond`. */
function runCheckedPool(
  test: { teardown(end: () => unknown): void },
  respond: () => UserCheckResponse | Promise<UserCheckResponse>,
  options: Parameters<typeof runPool>[2] = {},
) {
  const checks: string[] = [];
  const { pool } = runPool(
    test,
    { command },
    {
      userCheckPauseMs: 1_000,
      userCheck: async (grantId) => {
        checks.push(grantId);
        return await respond();
      },
      ...options,
    },
  );
  return { pool, checks };
}

t.test("a child's error makes a check of the user, after the client has its response", async (t) => {
  let release: (response: UserCheckResponse) => void = () => undefined;
  const pending = new Promise<UserCheckResponse>((resolve) => (release = resolve));
  const { pool, checks } = runCheckedPool(t, () => pending);
  await useTool(pool, who, "echo").text;
  t.strictSame(checks, []);
  t.match(await useTool(pool, who, "fail").response, { error: { code: -32603 } });
  await waitUntil("the check", () => checks.length === 1);
  t.ok(await toolText(useTool(pool, who, "echo")), "calls do not wait for the check");
  release({ status: "ok" });
});

t.test(
  "a tool's result with isError makes a check too, however it is spelled, and others make none",
  async (t) => {
    const faults = [
      (id: number) => `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"isError":true}}`,
      (id: number) => `{"result":{"isError":true,"content":[]},"jsonrpc":"2.0","id":${id}}`,
      (id: number) => `{"jsonrpc": "2.0", "id": ${id}, "result": {"content": [], "isError" : true}}`,
      (id: number) => `{"jsonrpc":"2.0","id":${id},"error":{"code":-32603,"message":"no"}}`,
    ];
    const harmless = [
      (id: number) => `{"jsonrpc":"2.0","id":${id},"result":{"content":[],"isError":false}}`,
      (id: number) =>
        `{"jsonrpc":"2.0","id":${id},"result":{"content":[{"type":"text","text":"{\\"isError\\":true}"}]}}`,
    ];
    const { pool, checks } = runCheckedPool(t, () => ({ status: "ok" }), { userCheckPauseMs: 0 });
    const emit = async (message: (id: number) => string) => {
      const line = message(await nextId(pool, who));
      await useTool(pool, who, "emit", { lines: [line], respond: false }).text;
    };
    for (const message of harmless) await emit(message);
    await sleep(200);
    t.equal(checks.length, 0);
    for (const [index, message] of faults.entries()) {
      await emit(message);
      await waitUntil(`the check of ${message(1)}`, () => checks.length === index + 1);
    }
  },
);

t.test("many errors of an account's grants make one check, and one at the end of the pause", async (t) => {
  const checkedAtMs: number[] = [];
  const { pool, checks } = runCheckedPool(t, () => {
    if (checks.at(-1) !== "d") checkedAtMs.push(performance.now());
    return { status: "ok" };
  });
  const grants = ["a", "b", "c"].map((name) => caller(name));
  for (const grant of grants) await useTool(pool, grant, "echo").text;
  for (let i = 0; i < 20; i++) await useTool(pool, grants[i % 3]!, "fail").text;
  // One has been made, or one a pause where the errors took longer.
  const expected = checkedAtMs.length + 1;
  await useTool(pool, caller("d", "2"), "fail").text;
  await waitUntil("the other account's check", () => checks.includes("d"));
  await waitUntil("the check at the end", () => checkedAtMs.length === expected);
  await sleep(1_500);
  t.equal(checkedAtMs.length, expected, "no error, no check");
  const pausesMs = checkedAtMs.slice(1).map((atMs, index) => atMs - checkedAtMs[index]!);
  t.ok(Math.min(...pausesMs) > 990, pausesMs.join(" "));
});

t.test("calls of a suspended user fail with Forgejo's sentence until a check finds them well", async (t) => {
  let response: UserCheckResponse = { status: "suspended", message: "This account is prohibited." };
  const { pool, checks } = runCheckedPool(t, () => response, { userCheckPauseMs: 300 });
  await useTool(pool, who, "fail").text;
  const otherGrant = caller("other");
  await waitUntil("it is noticed", () =>
    useTool(pool, otherGrant, "echo").text.then(
      () => false,
      ({ kind, message }: { kind: string; message: string }) =>
        kind === "failed" && /Forgejo says: This account is prohibited\./.test(message),
    ),
  );
  t.ok(await toolText(useTool(pool, caller("x", "2"), "echo")), "another account is not concerned");
  t.ok(pool.liveGrants().includes(who.grantId), "nothing has ended");
  response = { status: "unavailable" };
  const before = checks.length;
  await waitUntil("another check", () => {
    useTool(pool, who, "echo").text.catch(() => undefined);
    return checks.length > before;
  });
  await t.rejects(useTool(pool, who, "echo").text, { message: /prohibited/ }, "nothing is known");
  response = { status: "ok" };
  await waitUntil("it is lifted", () => useTool(pool, who, "echo").text.catch(() => false));
});

t.test("calls say that the administrator must act while the application is unknown to Forgejo", async (t) => {
  const { pool } = runCheckedPool(t, () => ({ status: "misconfigured" }));
  await useTool(pool, who, "fail").text;
  await waitUntil("it is noticed", () =>
    useTool(pool, who, "echo").text.then(
      () => false,
      ({ message }: Error) => /administrator/.test(message),
    ),
  );
  t.equal(pool.counts().live, 1, "nothing has ended");
});

t.test("grants that rest on another application go on while one is unknown to Forgejo", async (t) => {
  const readOnly = caller("read-only");
  let isMended = false;
  const { pool } = runPool(
    t,
    { command },
    {
      userCheckPauseMs: 300,
      userCheck: async (grantId) =>
        grantId === readOnly.grantId && !isMended ? { status: "misconfigured" } : { status: "ok" },
    },
  );
  const fails = (grant: typeof who) =>
    useTool(pool, grant, "echo").text.then(
      () => false,
      ({ message }: Error) => /administrator/.test(message),
    );
  await useTool(pool, readOnly, "fail").text;
  await waitUntil("it is noticed", () => fails(readOnly));
  t.ok(await toolText(useTool(pool, who, "echo")));
  await useTool(pool, who, "fail").text;
  await sleep(400);
  t.ok(await fails(readOnly), "a check of the other grant does not lift it");
  t.ok(await toolText(useTool(pool, who, "echo")));
  isMended = true;
  await waitUntil("it is lifted", async () => !(await fails(readOnly)));
});

t.test(
  "one check for the errors of two grants blocks the one whose application Forgejo rejects",
  async (t) => {
    const [readOnly, third] = [caller("read-only"), caller("third")];
    const { pool, checks } = runCheckedPool(
      t,
      () => ({ status: "ok", misconfigured: [readOnly.grantId, third.grantId] }),
      { userCheckPauseMs: 3_000 },
    );
    for (const grant of [readOnly, third, who]) await useTool(pool, grant, "echo").text;
    await useTool(pool, who, "fail").text;
    await waitUntil("the first check", () => checks.length === 1);
    await useTool(pool, readOnly, "fail").text;
    await useTool(pool, who, "fail").text;
    await waitUntil("the check at the end of the pause", () => checks.length === 2);
    t.equal(checks[1], who.grantId, "the newest");
    await waitUntil("the other one is blocked", () =>
      useTool(pool, readOnly, "echo").text.then(
        () => false,
        ({ message }: Error) => /administrator/.test(message),
      ),
    );
    t.ok(await toolText(useTool(pool, who, "echo")));
    t.ok(await toolText(useTool(pool, third, "echo")), "a grant without an error is asked by its own calls");
  },
);

t.test("a check that finds the user well, gone or nothing leaves the calls alone", async (t) => {
  for (const response of [
    () => ({ status: "ok" as const }),
    () => ({ status: "revoked" as const }),
    () => ({ status: "unavailable" as const }),
    () => Promise.reject(new Error("no auth-server")),
  ]) {
    const { pool, checks } = runCheckedPool(t, response);
    await useTool(pool, who, "fail").text;
    await waitUntil("the check", () => checks.length === 1);
    t.ok(await toolText(useTool(pool, who, "echo")));
  }
});

t.test("what the auth-server says for a Forgejo token blocks the account's calls", async (t) => {
  let asked = 0;
  let isSuspended = true;
  const { pool, checks } = runCheckedPool(
    t,
    () => (isSuspended ? { status: "suspended", message: "No." } : { status: "ok" }),
    {
      userCheckPauseMs: 300,
      upstreamTokens: async () => {
        asked++;
        return isSuspended ? { status: "suspended", message: "No." } : lasting(3600);
      },
    },
  );
  for (let i = 0; i < 20; i++)
    await t.rejects(useTool(pool, who, "echo").text, { kind: "failed", message: /Forgejo says: No\./ });
  t.equal(asked, 1);
  isSuspended = false;
  await waitUntil("it is lifted", () => useTool(pool, who, "echo").text.catch(() => false));
  t.ok(checks.length >= 1);
});

t.test(
  "a grant that is blocked is checked by its own calls, whatever other grants are checked",
  async (t) => {
    const grants = ["a", "b", "c"].map((name) => caller(name));
    let isMended = false;
    const { pool, checks } = runCheckedPool(t, () => ({ status: isMended ? "ok" : "misconfigured" }), {
      userCheckPauseMs: 300,
      upstreamTokens: async () => (isMended ? lasting(3600) : { status: "misconfigured" }),
    });
    for (const grant of grants)
      await t.rejects(useTool(pool, grant, "echo").text, { message: /administrator/ });
    isMended = true;
    await sleep(400);
    for (const grant of grants) useTool(pool, grant, "echo");
    await waitUntil("one call of each makes its check", () =>
      grants.every(({ grantId }) => checks.includes(grantId)),
    );
    for (const grant of grants) t.ok(await toolText(useTool(pool, grant, "echo")));
  },
);

t.test("nothing is kept of a blocked grant that has ended", async (t) => {
  let isMended = false;
  const { pool } = runCheckedPool(t, () => ({ status: "unavailable" }), {
    upstreamTokens: async () => (isMended ? lasting(3600) : { status: "misconfigured" }),
  });
  const other = caller("other");
  for (const grant of [who, other])
    await t.rejects(useTool(pool, grant, "echo").text, { message: /administrator/ });
  isMended = true;
  await pool.end(({ grantId }) => grantId === who.grantId);
  t.ok(await toolText(useTool(pool, who, "echo")));
  await t.rejects(useTool(pool, other, "echo").text, { message: /administrator/ }, "the other one has not");
});

t.test("a failed start leaves nothing on the signal of its grant", async (t) => {
  const checks = new UserChecks({
    check: async () => ({ status: "ok" }),
    pauseMs: 0,
    events: createWorkerEvents(createLog("test", "fatal")),
  });
  const { signal } = new AbortController();
  const error = new StartFailedError("does not exist", "reference", false);
  t.equal(await checks.explain(who, error, signal), error);
  t.equal(getEventListeners(signal, "abort").length, 0);
});
