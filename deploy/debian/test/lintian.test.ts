import { spawnSync } from "node:child_process";
import { join } from "node:path";
import t from "tap";
import { findExecutable } from "@fjmcp/shared/process/find-executable";
import { buildPackages, version } from "./support/build-packages.ts";

// It reads every symbol of Node.
t.setTimeout(600_000);

const skip = findExecutable("lintian") === undefined && "lintian is not on PATH";

t.test("lintian finds no error and no warning", { skip }, async (t) => {
  const out = buildPackages(t, ["amd64", "arm64"]);
  for (const architecture of ["amd64", "arm64"]) {
    const file = join(out, `fjmcp_${version}_${architecture}.deb`);
    const { status, stdout, stderr } = spawnSync("lintian", ["--fail-on=error,warning", file], {
      encoding: "utf8",
    });
    t.equal(status, 0, `${architecture}: ${stdout}${stderr}`);
  }
});
