import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import t from "tap";
import { keepShapesSteady } from "@fjmcp/session-daemon/steady-shapes";

setFlagsFromString("--allow-natives-syntax");
const areFast = runInThisContext("() => %HasFastProperties(String.prototype)") as () => boolean;

t.test("what loading ioredis does to strings is undone", async (t) => {
  await import("ioredis");
  t.notOk(areFast(), "if this fails, keepShapesSteady has become needless");
  keepShapesSteady();
  t.ok(areFast());
});
