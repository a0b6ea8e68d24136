import t from "tap";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { proxies, readRecipe } from "./support/proxies.ts";
import { send, startProxy } from "./support/start-proxy.ts";

/** What FJMCP_REQUEST_SECONDS is by default. */
const longestCallSec = 300;
const longCall = { method: "POST", path: "/mcp?sleepMs=3000", body: "{}" };

t.jobs = proxies.length;

for (const proxy of proxies) {
  const { program, recipe, callTimeout } = proxy;
  const skip = findExecutable(program) === undefined ? `no ${program} on PATH` : false;

  t.test(`the recipe for ${program} lets a call last longer than the daemon does`, (t) => {
    const text = readRecipe(recipe).replaceAll(/#.*/g, "");
    if (callTimeout === undefined) t.notMatch(text, /timeout/i, "without a limit");
    else {
      const values = text.match(callTimeout) ?? [];
      t.not(values.length, 0);
      for (const value of values) t.ok(inSeconds(value) > longestCallSec, value);
    }
    t.end();
  });

  t.test(`${program} ends a call after the time of that setting, and not before`, { skip }, async (t) => {
    const [shortened, asItIs] = await Promise.all([
      startProxy(t, proxy, { callTimeoutSec: 1 }),
      startProxy(t, proxy),
    ]);
    const [ended, completed] = await Promise.all([
      send(shortened.settings.port, longCall),
      send(asItIs.settings.port, longCall),
    ]);
    t.match(ended.status, /^50[24]$/, "after 1 s");
    t.equal(completed.status, 200, "after the recipe's minutes");
  });
}

/** `6m`, or a number of seconds. */
function inSeconds(value: string): number {
  return Number.parseInt(value, 10) * (value.endsWith("m") ? 60 : 1);
}
