import { setTimeout as sleep } from "node:timers/promises";
import type { Test } from "tap";
import type { Container } from "./container.ts";
import { reportFigure } from "./figure.ts";
import { startLoad, type LoadResult } from "./load.ts";
import type { Login } from "./public-name.ts";

const perSecond = 50;

/** Runs the shell script, or the function, while a client calls, whose calls must go on in one session. */
export async function underLoad(
  t: Test,
  container: Container,
  login: Login,
  what: string,
  disturbance: string | (() => Promise<unknown>),
): Promise<LoadResult> {
  const load = await startLoad(container, login, { perSecond });
  await sleep(1000);
  if (typeof disturbance === "function") await disturbance();
  else await container.script(disturbance, disturbance.includes("apt-get") ? { network: "outside" } : {});
  await sleep(3000);
  t.match(await load.call({}), { text: login.name }, "the session goes on");
  const result = await load.stop();
  const { calls, completed, failed, unserved, longestMs } = result;
  reportFigure(
    t,
    what,
    `${calls} calls, ${completed} completed, ${failed} failed, ${unserved} unserved, longest ${longestMs} ms`,
  );
  t.equal(result.initializes, 1, "one session for all calls");
  t.ok(completed > perSecond, "calls complete");
  if (unserved + failed > 0) t.comment(result.messages.join("\n"));
  return result;
}
