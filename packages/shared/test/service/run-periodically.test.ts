import t from "tap";
import { runPeriodically } from "../../src/service/run-periodically.ts";

t.test("a task that fails runs again, however it fails, and never twice at once", async (t) => {
  let runs = 0;
  let running = 0;
  const failures: string[] = [];
  const enough = Promise.withResolvers<void>();
  const stop = runPeriodically(
    1,
    () => {
      if (++runs === 1) throw new Error("at once");
      if (runs === 2) return Promise.reject(new Error("later"));
      t.equal(++running, 1);
      if (runs === 5) enough.resolve();
      return new Promise<void>((resolve) =>
        setTimeout(() => {
          running--;
          resolve();
        }, 20),
      );
    },
    (error) => failures.push((error as Error).message),
    { startsNow: true },
  );
  await enough.promise;
  stop();
  t.same(failures, ["at once", "later"]);
});
