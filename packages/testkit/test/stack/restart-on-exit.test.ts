import t from "tap";
import { restartOnExit, type Running } from "../../src/stack/restart-on-exit.ts";
import { waitUntil } from "../../src/process/wait-until.ts";

/** Something that ends when told. */
function running(pid: number): Running & { end(): void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { pid, exited: promise, end: resolve };
}

t.test("starts again what ended, not before that is allowed, until it is aborted", async (t) => {
  const abort = new AbortController();
  const started: ReturnType<typeof running>[] = [];
  const first = running(0);
  let permission: PromiseWithResolvers<void> | undefined;
  let asked = 0;
  const kept = restartOnExit(first, {
    start: async () => {
      const next = running(started.length + 1);
      started.push(next);
      return next;
    },
    allowed: () => {
      asked += 1;
      return permission?.promise;
    },
    signal: abort.signal,
  });
  first.end();
  await waitUntil("it should be started again", () => started.length === 1);
  permission = Promise.withResolvers();
  started[0]!.end();
  await waitUntil("it should be asked", () => asked === 2);
  t.equal(started.length, 1, "it stays down");
  permission.resolve();
  await waitUntil("it should be started once allowed", () => started.length === 2);
  permission = Promise.withResolvers();
  started[1]!.end();
  await waitUntil("it should be asked once more", () => asked === 3);
  abort.abort();
  await kept;
  t.equal(started.length, 2);
});
