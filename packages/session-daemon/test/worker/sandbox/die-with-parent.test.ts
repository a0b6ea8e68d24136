import { dieWithParent } from "../../../src/worker/sandbox/die-with-parent.ts";
import t from "tap";

t.test("a command line is wrapped in setpriv, and unchanged without it", async (t) => {
  const argv = ["/bin/x", "--url", "u"];
  t.same(dieWithParent(argv, "/setpriv"), ["/setpriv", "--pdeathsig", "KILL", "--", ...argv]);
  t.same(dieWithParent(argv, undefined), argv);
});
