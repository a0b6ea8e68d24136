import { adminPaths, adminWorkersResponse, type AdminWorker } from "@fjmcp/shared/ipc/admin";
import { maxPageLimit } from "@fjmcp/shared/ipc/page";
import type { AdminClient } from "../admin/admin-client.ts";
import { parseSamples, sumOf, type Sample } from "./samples.ts";

interface ToolCalls {
  readonly tool: string;
  readonly calls: number;
  /** Calls that did not end well. */
  readonly failed: number;
}

/** What `fjmcp top` shows, at one moment. */
export interface Snapshot {
  readonly workers: readonly AdminWorker[];
  readonly accounts: number;
  readonly clients: number;
  readonly workersMax: number;
  readonly starting: number;
  readonly callsActive: number;
  readonly callsWaiting: number;
  readonly streams: number;
  /** Since the start of the session-daemon; the most called first. */
  readonly tools: readonly ToolCalls[];
  /** Dependencies that are not well, such as `auth-server → redis: away`. */
  readonly faults: readonly string[];
}

/** Rejects with CommandError when a daemon does not respond. */
export async function takeSnapshot(client: AdminClient): Promise<Snapshot> {
  const [{ workers }, text] = await Promise.all([
    client.passOn(`${adminPaths.workers}?limit=${maxPageLimit}`, adminWorkersResponse),
    client.text(adminPaths.metrics),
  ]);
  const samples = parseSamples(text);
  return {
    workers,
    accounts: new Set(workers.map(({ accountId }) => accountId)).size,
    clients: new Set(workers.map(({ clientId }) => clientId)).size,
    workersMax: sumOf(samples, "fjmcp_workers_max"),
    starting: sumOf(samples, "fjmcp_workers", { state: "starting" }),
    callsActive: sumOf(samples, "fjmcp_calls_active"),
    callsWaiting: sumOf(samples, "fjmcp_calls_waiting"),
    streams: sumOf(samples, "fjmcp_streams"),
    tools: toolsOf(samples),
    faults: samples
      .filter(({ name, value }) => name === "fjmcp_dependency_up" && value === 0)
      .map(({ labels }) => `${labels.daemon} → ${labels.dependency}: ${labels.status}`),
  };
}

function toolsOf(samples: readonly Sample[]): ToolCalls[] {
  const ofTools = samples.filter(({ name }) => name === "fjmcp_tool_calls_total");
  const tools = [...new Set(ofTools.map(({ labels }) => labels.tool!))].map((tool) => {
    const calls = sumOf(ofTools, "fjmcp_tool_calls_total", { tool });
    return { tool, calls, failed: calls - sumOf(ofTools, "fjmcp_tool_calls_total", { tool, outcome: "ok" }) };
  });
  return tools.sort((a, b) => b.calls - a.calls);
}
