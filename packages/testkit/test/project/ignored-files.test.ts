import { spawnSync } from "node:child_process";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

t.test("git ignores the secrets that the documents let users write into the checkout", async (t) => {
  for (const file of ["client-secret", "forgejo.secret", ".cache/x", "auth-server.log"]) {
    const { status } = spawnSync("git", ["check-ignore", "--quiet", file], { cwd: projectRoot });
    t.equal(status, 0, file);
  }
  t.equal(spawnSync("git", ["check-ignore", "--quiet", "README.md"], { cwd: projectRoot }).status, 1);
});
