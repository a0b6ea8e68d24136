import { join } from "node:path";
import t from "tap";
import { dependencyClosure } from "@fjmcp/testkit/project/dependency-closure";

t.test("no dependency of the auth-server spawns processes or is for tests", async (t) => {
  const names = dependencyClosure(join(import.meta.dirname, ".."));
  t.ok(names.has("oidc-provider") && names.has("koa"), "indirect dependencies are found");
  for (const foreign of [
    "execa",
    "cross-spawn",
    "@fjmcp/session-daemon",
    "@fjmcp/testkit",
    "@modelcontextprotocol/sdk",
  ]) {
    t.notOk(names.has(foreign), foreign);
  }
});
