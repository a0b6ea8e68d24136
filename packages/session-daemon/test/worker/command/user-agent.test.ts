import type { GrantRef } from "@fjmcp/shared/grant-ref";
import { version } from "@fjmcp/shared/version";
import t from "tap";
import { workerUserAgent } from "../../../src/worker/command/user-agent.ts";

const ref = "0b7c4de1a9f2" as GrantRef;

t.test("the User-Agent names the client in at most 40 safe characters", async (t) => {
  for (const [name, expected] of [
    ["Claude Code", "Claude Code"],
    ["Café  Crème", "Cafe Creme"],
    ['a(b)c<d>e"f\\g;h', "abcdefgh"],
    ["one\r\nX-Injected: two\u0000", "one X-Injected: two"],
    ["\u202Eevil\u200B", "evil"],
    ["x".repeat(200), "x".repeat(40)],
    ["", "unnamed client"],
    ["🦀 ()", "unnamed client"],
  ]) {
    t.equal(workerUserAgent(name!, ref), `fjmcp/${version} (${expected}; grant ${ref})`);
  }
});
