import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import t from "tap";
import { makeStringsFast } from "@fjmcp/session-daemon/fast-strings";

setFlagsFromString("--allow-natives-syntax");
const areFast = runInThisContext("() => %HasFastProperties(String.prototype)") as () => boolean;

t.test("what loading ioredis does to strings is undone", async (t) => {
  await import("ioredis");
  t.notOk(areFast(), "if this fails, makeStringsFast has become needless");
  makeStringsFast();
  t.ok(areFast());
});
