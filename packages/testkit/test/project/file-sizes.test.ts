import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { projectRoot } from "../../src/process/project-root.ts";

/** In lines: half of the files, nine of ten of them, and all of them have no more. */
const bounds = {
  src: { half: 80, nineOfTen: 220, all: 320 },
  test: { half: 100, nineOfTen: 200, all: 320 },
} as const;

for (const [folder, { half, nineOfTen, all }] of Object.entries(bounds)) {
  t.test(`files in ${folder} stay small`, async (t) => {
    const files = globSync([`packages/*/${folder}/**/*.ts`, `deploy/*/${folder}/**/*.ts`], {
      cwd: projectRoot,
    })
      .map((file) => ({ file, lines: linesOf(file) }))
      .toSorted((a, b) => a.lines - b.lines);
    t.ok(files.length > 100, "the files were found");
    const at = (share: number) => files[Math.floor(files.length * share)]!.lines;
    t.ok(at(0.5) <= half, `median ${at(0.5)} of at most ${half}`);
    t.ok(at(0.9) <= nineOfTen, `90th percentile ${at(0.9)} of at most ${nineOfTen}`);
    t.same(
      files.filter(({ lines }) => lines > all),
      [],
      `none over ${all}`,
    );
  });
}

function linesOf(file: string): number {
  return readFileSync(join(projectRoot, file), "utf8").split("\n").length - 1;
}
