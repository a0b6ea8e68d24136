import t from "tap";
import { restartOnExit, type Running } from "../../src/stack/restart-on-exit.ts";
import { waitUntil } from "../../src/process/wait-until.ts";

/** A fake process that exits when `end` is called. */
function running(pid: number): Running & { end(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { pid, exited: promise, end: resolve };
}

t.test("restarts an exited process once that is allowed, until it is aborted", async (t) => {
  const abort = new AbortController();
  const started: ReturnType<typeof running>[] = [];
  const first = running(0);
  let permission: PromiseWithResolvers<void> | undefined;
  let requests = 0;
  const kept = restartOnExit(first, {
    start: async () => {
      const next = running(started.length + 1);
      started.push(next);
      return next;
    },
    allowed: () => {
      requests += 1;
      return permission?.promise;
    },
    signal: abort.signal,
  });
  first.end();
  await waitUntil("it should be restarted", () => started.length === 1);
  permission = Promise.withResolvers();
  started[0]!.end();
  await waitUntil("it should request permission", () => requests === 2);
  t.equal(started.length, 1, "it stays down");
  permission.resolve();
  await waitUntil("it should be started once allowed", () => started.length === 2);
  permission = Promise.withResolvers();
  started[1]!.end();
  await waitUntil("it should request permission again", () => requests === 3);
  abort.abort();
  await kept;
  t.equal(started.length, 2);
});
