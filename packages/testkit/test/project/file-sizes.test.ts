import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "@fjmcp/testkit/process/project-root";

t.test("source files stay small: median at most 80 lines, nine of ten at most 220", async (t) => {
  const files = globSync(["packages/*/src/**/*.ts", "deploy/*/src/**/*.ts"], { cwd: projectRoot });
  const lines = files
    .map((file) => readFileSync(join(projectRoot, file), "utf8").split("\n").length - 1)
    .toSorted((a, b) => a - b);
  t.ok(lines.length > 10, "the files were found");
  t.ok(lines[Math.floor(lines.length * 0.5)]! <= 80, `median ${lines[Math.floor(lines.length * 0.5)]}`);
  t.ok(
    lines[Math.floor(lines.length * 0.9)]! <= 220,
    `90th percentile ${lines[Math.floor(lines.length * 0.9)]}`,
  );
});
