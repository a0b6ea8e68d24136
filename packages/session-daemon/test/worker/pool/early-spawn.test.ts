import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { childCommand } from "@fjmcp/testkit/children/child-command";
import { waitUntil } from "@fjmcp/testkit/process/wait-until";
import { temporaryDirectory } from "@fjmcp/testkit/temporary-directory";
import type { UpstreamTokenResponse } from "@fjmcp/shared/ipc/upstream-token";
import t from "tap";
import { manualClock } from "../../support/manual-clock.ts";
import { caller, failure, lasting, runPool, toolText, useTool } from "../../support/run-pool.ts";

const who = caller();

/** A pool whose tokens come when the test gives them, and whose child's program creates a file. */
function setUp(t: Parameters<typeof runPool>[0]) {
  const { clock, advance } = manualClock();
  const countFile = join(temporaryDirectory(t), "starts");
  const requests: PromiseWithResolvers<UpstreamTokenResponse>[] = [];
  const { pool, runtimeDir } = runPool(
    t,
    { command: childCommand("crash", "--times", "0", "--count-file", countFile) },
    {
      clock,
      upstreamTokens: (_, signal) => {
        const request = Promise.withResolvers<UpstreamTokenResponse>();
        signal.addEventListener("abort", () => request.reject(signal.reason as Error));
        requests.push(request);
        return request.promise;
      },
    },
  );
  return {
    pool,
    requests,
    tokenFor: (seconds: number) => lasting(seconds, undefined, clock()),
    advance,
    processes: () => readdirSync(join(runtimeDir, "process-groups")).map((file) => Number.parseInt(file)),
    programHasRun: () => existsSync(countFile),
  };
}

t.test(
  "the process of a worker is spawned while its token is requested, and runs no program yet",
  async (t) => {
    const { pool, requests, tokenFor, processes, programHasRun } = setUp(t);
    const call = useTool(pool, who, "echo", { a: 1 });
    await waitUntil("a process", () => processes().length === 1);
    t.equal(requests.length, 1);
    t.notOk(programHasRun());
    requests[0]!.resolve(tokenFor(3600));
    t.equal(await toolText(call), '{"a":1}');
    t.equal(processes().length, 1);
  },
);

t.test("a start that gets no token leaves no process, and has run no program", async (t) => {
  const { pool, requests, processes, programHasRun } = setUp(t);
  const call = useTool(pool, who, "echo");
  await waitUntil("a process", () => processes().length === 1);
  requests[0]!.resolve({ status: "invalid_token" });
  t.equal((await failure(call.text)).kind, "token_rejected");
  t.same(processes(), []);
  t.notOk(programHasRun());
  t.same(pool.counts(), { live: 0, idle: 0, waiting: 0 });
});

t.test("a grant that ends while its token is requested leaves no process", async (t) => {
  const { pool, processes, programHasRun } = setUp(t);
  const call = useTool(pool, who, "echo");
  await waitUntil("a process", () => processes().length === 1);
  await pool.end(({ grantId }) => grantId === who.grantId);
  t.equal((await failure(call.text)).kind, "token_rejected");
  t.same(processes(), []);
  t.notOk(programHasRun());
});

t.test(
  "after a failed request the next token comes first, so that no client can cause vain spawns",
  async (t) => {
    const { pool, requests, tokenFor, processes } = setUp(t);
    const first = useTool(pool, who, "echo");
    await waitUntil("a process", () => processes().length === 1);
    requests[0]!.resolve({ status: "unavailable", retryAfterSec: 1 });
    t.equal((await failure(first.text)).kind, "failed");
    const second = useTool(pool, caller("another"), "echo", { a: 2 });
    await waitUntil("another request", () => requests.length === 2);
    await sleep(100);
    t.same(processes(), []);
    requests[1]!.resolve(tokenFor(3600));
    t.equal(await toolText(second), '{"a":2}');
    useTool(pool, who, "echo");
    await waitUntil("an early process again", () => processes().length === 2 && requests.length === 3);
  },
);

t.test("a process that ends while it waits for the token is replaced", async (t) => {
  const { pool, requests, tokenFor, processes } = setUp(t);
  const call = useTool(pool, who, "echo", { a: 1 });
  await waitUntil("a process", () => processes().length === 1);
  const [pid = 0] = processes();
  process.kill(pid, "SIGKILL");
  await waitUntil("its end is noticed", () => processes().length === 0);
  requests[0]!.resolve(tokenFor(3600));
  t.equal(await toolText(call), '{"a":1}');
  t.notOk(processes().includes(pid));
});

t.test("while a worker serves, its successor is spawned when its token is there", async (t) => {
  const { pool, requests, tokenFor, advance, processes } = setUp(t);
  const first = useTool(pool, who, "echo", { a: 1 });
  await waitUntil("a request", () => requests.length === 1);
  requests[0]!.resolve(tokenFor(60));
  await toolText(first);
  advance(50_000);
  const second = useTool(pool, who, "echo", { a: 2 });
  await waitUntil("another request", () => requests.length === 2);
  await sleep(100);
  t.equal(processes().length, 1);
  t.equal(await toolText(second), '{"a":2}', "after a moment the first one serves");
  advance(5_000);
  const third = useTool(pool, who, "echo", { a: 3 });
  await waitUntil("a third request", () => requests.length === 3);
  requests[2]!.resolve(tokenFor(60));
  t.equal(await toolText(third), '{"a":3}');
  await waitUntil("the first one has gone", () => pool.counts().live === 1);
});
