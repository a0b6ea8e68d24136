// `pnpm bench`: compares the session-daemon, with token verification, to a minimal bridge, in one run.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { projectRoot } from "../process/project-root.ts";
import { measureBundles } from "./bundles.ts";
import { measureOAuth } from "./oauth.ts";
import { measure, type Measurement } from "./measure.ts";
import { residentKiB } from "./process-memory.ts";
import { startTargets } from "./targets.ts";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    rounds: { type: "string", default: "5" },
    "round-ms": { type: "string", default: "1500" },
    /** A pattern for the names of the rows to measure. */
    only: { type: "string", default: "" },
    out: { type: "string", default: join(projectRoot, ".cache", "bench.json") },
  },
});

const plan = {
  rounds: Number(values.rounds),
  durationMs: Number(values["round-ms"]),
  only: new RegExp(values.only),
};
await using opened = new AsyncDisposableStack();
const targets = await startTargets(opened);
const { authServer, sessionDaemon } = targets.stack;
const daemons = {
  authServer: { startMs: Math.round(authServer.startMs), idleMiB: residentKiB(authServer.pid) / 1024 },
  sessionDaemon: {
    startMs: Math.round(sessionDaemon.startMs),
    idleMiB: residentKiB(sessionDaemon.pid) / 1024,
  },
};
const measurements = await measure(targets, plan);
if (plan.only.test("OAuth")) measurements.push(...(await measureOAuth(plan)));
if (plan.only.test("bundles")) measurements.push(...(await measureBundles(plan.rounds)));
print(measurements);
for (const [name, { startMs, idleMiB }] of Object.entries(daemons)) {
  process.stdout.write(`${name}: ready after ${startMs} ms, ${idleMiB.toFixed(0)} MiB resident when idle\n`);
}
mkdirSync(join(values.out, ".."), { recursive: true });
writeFileSync(values.out, `${JSON.stringify({ measurements, daemons }, undefined, 2)}\n`);
process.stdout.write(`Written to ${values.out}\n`);
process.exitCode = measurements.every(({ reached }) => reached !== false) ? 0 : 1;

function print(rows: readonly Measurement[]): void {
  const lines = [
    ["", "ours", "baseline", "ratio", "goal", ""],
    ...rows.map((row) => [
      row.name,
      row.value.toFixed(row.value < 100 ? 2 : 0),
      row.baseline?.toFixed(0) ?? "",
      row.ratio?.toFixed(2) ?? "",
      row.goal ?? "",
      row.reached === undefined ? "" : row.reached ? "reached" : "MISSED",
    ]),
  ];
  const widths = lines[0]!.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  for (const line of lines) {
    const cells = line.map((cell, column) =>
      column === 0 ? cell.padEnd(widths[column]!) : cell.padStart(widths[column]!),
    );
    process.stdout.write(`${cells.join("  ").trimEnd()}\n`);
  }
}
