import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { z } from "zod";
import { projectRoot } from "../process/project-root.ts";

const times = z.object({ ours: z.array(z.number()), alone: z.array(z.number()) });
const rounds = 31;

/**
 * Milliseconds from the start of a worker in its sandbox to the response to its first call, and those of bubblewrap and the same
 * child alone, in pairs; none where bubblewrap does not work, with the reason on stderr.
 */
export function workerSpawnTimes(): { value: number; baseline: number }[] {
  const program = join(projectRoot, "packages/session-daemon/test/fixtures/spawn-times.ts");
  const child = ["perl", join(import.meta.dirname, "echo-child.pl")];
  const { status, stdout } = spawnSync(process.execPath, [program, String(rounds), ...child], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) return [];
  const { ours, alone } = times.parse(JSON.parse(stdout));
  return ours.map((value, round) => ({ value, baseline: alone[round]! }));
}
