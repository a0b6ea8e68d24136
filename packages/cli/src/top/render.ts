import type { AdminWorker } from "@fjmcp/shared/ipc/admin";
import { clientText, userText } from "../admin/owner-text.ts";
import { formatMemory } from "../terminal/sizes.ts";
import { formatTable } from "../terminal/table.ts";
import { formatAge } from "../terminal/times.ts";
import type { Snapshot } from "./snapshot.ts";

const maxTools = 5;

/** What happened between two snapshots. */
interface Rates {
  /** Calls a second, by pid. */
  readonly byWorker: ReadonlyMap<number, number>;
  readonly byTool: ReadonlyMap<string, number>;
}

/** The lines of `fjmcp top`. `before` and the seconds since then give the rates; without it there are none. */
export function renderSnapshot(
  now: Snapshot,
  at: { nowSec: number; before?: { snapshot: Snapshot; elapsedSec: number } | undefined },
): string[] {
  const rates = ratesOf(now, at.before);
  return [...head(now), ...toolTable(now, rates), ...table(now, rates, at.nowSec)];
}

function head(now: Snapshot): string[] {
  const busy = now.workers.filter(({ state }) => state === "busy").length;
  const idle = now.workers.filter(({ state }) => state === "idle").length;
  return [
    `Accounts ${now.accounts}, clients ${now.clients}, streams ${now.streams}`,
    `Workers ${now.workers.length} of ${now.workersMax}: ${busy} busy, ${idle} idle, ${now.starting} starting`,
    `Calls ${now.callsActive} active, ${now.callsWaiting} waiting for a worker`,
    ...now.faults.map((fault) => `FAULT ${fault}`),
    "",
  ];
}

function table({ workers }: Snapshot, rates: Rates | undefined, nowSec: number): string[] {
  if (workers.length === 0) return ["No worker is running."];
  return lines(
    formatTable(workers.toSorted(busiestFirst), [
      { title: "USER", text: userText },
      { title: "CLIENT", text: clientText },
      { title: "PID", text: ({ pid }) => String(pid) },
      { title: "STATE", text: ({ state }) => state },
      { title: "ACTIVE", text: ({ callsInFlight }) => String(callsInFlight) },
      { title: "CALLS", text: ({ calls }) => String(calls) },
      { title: "PER S", text: ({ pid }) => rate(rates?.byWorker.get(pid)) },
      { title: "MEMORY", text: ({ memoryBytes }) => formatMemory(memoryBytes) },
      { title: "LAST USE", text: (worker) => lastUse(worker, nowSec) },
    ]),
  );
}

function toolTable({ tools }: Snapshot, rates: Rates | undefined): string[] {
  if (tools.length === 0) return [];
  return [
    ...lines(
      formatTable(tools.slice(0, maxTools), [
        { title: "TOOL", text: ({ tool }) => tool },
        { title: "CALLS", text: ({ calls }) => String(calls) },
        { title: "FAILED", text: ({ failed }) => String(failed) },
        { title: "PER S", text: ({ tool }) => rate(rates?.byTool.get(tool)) },
      ]),
    ),
    "",
  ];
}

function busiestFirst(a: AdminWorker, b: AdminWorker): number {
  return (
    b.callsInFlight - a.callsInFlight || (b.lastUsedAtSec ?? 0) - (a.lastUsedAtSec ?? 0) || a.pid - b.pid
  );
}

function lastUse({ callsInFlight, lastUsedAtSec }: AdminWorker, nowSec: number): string {
  return callsInFlight > 0 ? "now" : formatAge(lastUsedAtSec, nowSec);
}

function ratesOf(
  now: Snapshot,
  before: { snapshot: Snapshot; elapsedSec: number } | undefined,
): Rates | undefined {
  if (before === undefined) return undefined;
  const { snapshot, elapsedSec } = before;
  const workers = new Map(snapshot.workers.map(({ pid, calls }) => [pid, calls]));
  const tools = new Map(snapshot.tools.map(({ tool, calls }) => [tool, calls]));
  const perSec = (calls: number, earlier = 0) => Math.max(0, calls - earlier) / elapsedSec;
  return {
    byWorker: new Map(now.workers.map(({ pid, calls }) => [pid, perSec(calls, workers.get(pid))])),
    byTool: new Map(now.tools.map(({ tool, calls }) => [tool, perSec(calls, tools.get(tool))])),
  };
}

function rate(perSec: number | undefined): string {
  return perSec === undefined ? "-" : perSec.toFixed(1);
}

function lines(text: string): string[] {
  return text.trimEnd().split("\n");
}
