import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

/** Upper bounds in lines: of the median, the 90th percentile and the maximum. */
const bounds = {
  src: { median: 80, percentile90: 220, max: 320 },
  test: { median: 100, percentile90: 200, max: 320 },
} as const;

for (const [folder, { median, percentile90, max }] of Object.entries(bounds)) {
  t.test(`files in ${folder} stay small`, async (t) => {
    const files = globSync([`packages/*/${folder}/**/*.ts`, `deploy/*/${folder}/**/*.ts`], {
      cwd: projectRoot,
    })
      .map((file) => ({ file, lines: linesOf(file) }))
      .toSorted((a, b) => a.lines - b.lines);
    t.ok(files.length > 100, "the files were found");
    const at = (share: number) => files[Math.floor(files.length * share)]!.lines;
    t.ok(at(0.5) <= median, `median ${at(0.5)} of at most ${median}`);
    t.ok(at(0.9) <= percentile90, `90th percentile ${at(0.9)} of at most ${percentile90}`);
    t.same(
      files.filter(({ lines }) => lines > max),
      [],
      `none over ${max}`,
    );
  });
}

function linesOf(file: string): number {
  return readFileSync(join(projectRoot, file), "utf8").split("\n").length - 1;
}
